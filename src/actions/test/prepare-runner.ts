import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { MissingToolError } from "../../errors.ts";
import type { VmSettings } from "../../settings/settings.ts";
import { findProgram } from "../../system/find-program.ts";
import { type Command, runCommand } from "../../system/run-command.ts";
import type { ActionContext } from "../action-context.ts";

/** As GitHub documents it for Android emulators. */
const UDEV_RULE = 'KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"\n';
const UDEV_FILE = "/etc/udev/rules.d/99-kvm4all.rules";
const KVM = "/dev/kvm";

const PACKAGES = ["qemu-system-x86"];

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Elsewhere there is neither KVM for x86-64 nor, in the package lists, a kernel for it.
 *
 * @throws {MissingToolError} on a runner that cannot boot images
 */
export function assertCanBoot({ platform, arch }: Pick<NodeJS.Process, "platform" | "arch">): void {
  if (platform === "linux" && arch === "x64") return;
  const system = { linux: "Linux", darwin: "macOS", win32: "Windows" }[platform as string];
  const name = `${system ?? platform} on ${arch === "x64" ? "x86-64" : arch}`;
  throw new MissingToolError(`Images are booted on Linux on x86-64, and this runner has ${name}.`, {
    hint: "Run this step in a job with runs-on: ubuntu-24.04, and hand it the .gvmi as an artifact. Linting and converting work here.",
  });
}

/**
 * Installs QEMU where it is missing and needed, and lets every user use KVM on a runner that is GitHub's own. What
 * cannot be done is noted; booting says what is missing.
 */
export async function prepareRunner(vm: VmSettings, context: ActionContext): Promise<void> {
  const { environment, log } = context;
  if (environment.RUNNER_ENVIRONMENT === "github-hosted" && !(await mayUse(KVM))) {
    await grantKvm(context);
  }
  if (await findProgram("qemu-system-x86_64")) return;
  // The official runtime brings its own; `auto` takes it where KVM works.
  const isBundled = vm.runtime.name === "ya-runtime-vm";
  const isProbablyBundled = vm.runtime.name === "auto" && !vm.profile && (await mayUse(KVM));
  if (isBundled || isProbablyBundled) return;
  if (!(await findProgram("apt-get"))) {
    log.info("QEMU is missing, and there is no apt-get to install it with");
    return;
  }
  log.info(`installing ${PACKAGES.join(", ")}`);
  const update = await runAsRoot(["apt-get", "-qq", "update"], context);
  if (!update) log.info("the package lists could not be read; trying with those that are there");
  const flags = ["-qq", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
  const isInstalled = await runAsRoot(["apt-get", "install", ...flags, ...PACKAGES], context);
  if (!isInstalled) log.info("QEMU could not be installed");
}

async function grantKvm(context: ActionContext): Promise<void> {
  const isThere = await access(KVM).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const steps: [string[], string?][] = [
    [["tee", UDEV_FILE], UDEV_RULE],
    [["udevadm", "control", "--reload-rules"]],
    [["udevadm", "trigger", "--name-match=kvm"]],
    [["udevadm", "settle", "--timeout=10"]],
  ];
  for (const [command, input] of steps) {
    if (await runAsRoot(command, context, input)) continue;
    context.log.info(`${KVM} cannot be opened for this user; VMs are emulated, which is slower`);
    return;
  }
}

const mayUse = (path: string): Promise<boolean> =>
  access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

/** @returns whether it ended well; its last line is logged when not */
async function runAsRoot(
  argv: readonly string[],
  { signal, log }: ActionContext,
  input?: string,
): Promise<boolean> {
  const isRoot = process.getuid?.() === 0;
  const [program = "", ...args] = isRoot ? argv : ["sudo", "-n", ...argv];
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  const command: Command = { program, args, environment };
  try {
    const { exitCode, stderr } = await runCommand(command, {
      signal,
      timeoutMs: INSTALL_TIMEOUT_MS,
      ...(input !== undefined && { input }),
    });
    if (exitCode === 0) return true;
    log.info(stderr.trim().split("\n").at(-1) ?? "");
    return false;
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    log.info(error.message);
    return false;
  }
}
