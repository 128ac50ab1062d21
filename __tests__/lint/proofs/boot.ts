import { readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildImage } from "../../../src/build/build-image.ts";
import type { Finding } from "../../../src/lint/finding.ts";
import { convertArchive } from "../../../src/pipeline/convert.ts";
import { lintImage } from "../../../src/pipeline/lint-image.ts";
import { withSourceImage } from "../../../src/pipeline/source-image.ts";
import { loadSettings } from "../../../src/settings/load-settings.ts";
import { runCommand } from "../../../src/system/run-command.ts";
import { type BootOptions, withVirtualMachine } from "../../../src/vm/boot.ts";
import type { GuestCommand } from "../../../src/vm/guest-command.ts";
import type { Profile } from "../../../src/vm/profiles.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import * as archives from "../../support/archives.ts";

/** How long a test may take that boots; a boot takes 6 s under emulation. */
const PROOF_TIMEOUT_MS = 120_000;

/** The first lines of a proof's Dockerfile: busybox with a link in /bin for each of its programs. */
export const FROM_BUSYBOX = "FROM scratch\nCOPY root /\n";

/** What a proof's image is made of: a Dockerfile that Buildah builds, or a layer and a configuration. */
export type ProofSource =
  | {
      /** Starts with FROM_BUSYBOX, as a rule. */
      readonly dockerfile: string;
      /** Files (0755) of the build context, by path; those below `root/` are copied into the image. */
      readonly files?: Readonly<Record<string, string | Buffer>>;
    }
  | {
      /** All of the image's files; `busyboxEntries()` are a start. */
      readonly entries: readonly archives.TestEntry[];
      /** Its run configuration. */
      readonly config?: object;
    };

/** Directories, and busybox as /bin/busybox and /bin/sh: the least that a shell needs. */
export function busyboxEntries(): archives.TestEntry[] {
  return [
    ...["bin/", "etc/", "proc/", "sys/", "tmp/"].map((name) => archives.directory(name)),
    archives.file("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    archives.symlink("bin/sh", "busybox"),
  ];
}

export interface Ended {
  /** Absent when a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: number;
  readonly stdout: string;
  readonly stderr: string;
  /** As GuestExit has it. */
  readonly couldNotStart?: string;
}

/** A running VM of a proof. */
export interface ProofVm {
  readonly machine: VirtualMachine;
  /** Runs a command as a provider does. */
  run(argv: GuestCommand["argv"], options?: Pick<GuestCommand, "directory">): Promise<Ended>;
  /** Runs a script by /bin/sh. */
  sh(script: string, options?: Pick<GuestCommand, "directory">): Promise<Ended>;
  /** What a script prints, which has to succeed and to say nothing on stderr. */
  output(script: string, options?: Pick<GuestCommand, "directory">): Promise<string>;
  close(): Promise<void>;
}

export interface ProofBootOptions
  extends Partial<Pick<BootOptions, "memoryMib" | "storageMib" | "network">> {
  /** Mount points in the order in which they are mounted; the image's own, sorted, by default. */
  readonly volumes?: readonly string[];
}

/** An image of a proof, as an archive and as a .gvmi. Made in a directory that `close` removes. */
export interface Proof {
  readonly archive: string;
  readonly gvmi: string;
  /** What lint finds in the Dockerfile, the configuration and the files together. */
  lint(): Promise<Finding[]>;
  /** Ids of the rules that find something, each once, in order. */
  rules(): Promise<string[]>;
  /** Boots it under the system runtime. @throws {VmError} when it does not boot, as a user sees it */
  boot(profile: Profile, options?: ProofBootOptions): Promise<ProofVm>;
  /** Ends the VMs that still run, and removes everything. */
  close(): Promise<void>;
}

/** Makes an image. Needs squashfs, and Buildah and busybox-static for a Dockerfile; booting needs QEMU, too. */
export async function makeProof(source: ProofSource): Promise<Proof> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "gi-proof-")));
  const running = new Set<ProofVm>();
  const close = async () => {
    await Promise.all([...running].map((vm) => vm.close()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const archive = await makeArchive(source, directory);
    const gvmi = join(directory, "image.gvmi");
    await convertArchive({ source: archive, output: gvmi });
    const lint = () => lintProof(directory, archive);
    return {
      archive,
      gvmi,
      lint,
      rules: async () => [...new Set((await lint()).map(({ rule }) => rule))].sort(),
      boot: async (profile, options) => {
        const vm = await bootProof({ archive, gvmi }, profile, options);
        running.add(vm);
        return vm;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes an image, hands it to `body`, and removes it. */
export async function withProof<T>(
  source: ProofSource,
  body: (proof: Proof) => Promise<T>,
): Promise<T> {
  const proof = await makeProof(source);
  try {
    return await body(proof);
  } finally {
    await proof.close();
  }
}

async function makeArchive(source: ProofSource, directory: string): Promise<string> {
  const context = join(directory, "context");
  await mkdir(context);
  if ("entries" in source) {
    const archive = join(directory, "image.tar");
    await writeFile(
      archive,
      archives.ociArchive([archives.plain(source.entries)], { config: source.config ?? {} }),
    );
    return archive;
  }
  await makeBusyboxRoot(join(context, "root"));
  for (const [path, content] of Object.entries({
    ...source.files,
    Dockerfile: source.dockerfile,
  })) {
    await mkdir(dirname(join(context, path)), { recursive: true });
    await writeFile(join(context, path), content, { mode: 0o755 });
  }
  const outputDirectory = join(directory, "built");
  await mkdir(outputDirectory);
  const dockerfile = join(context, "Dockerfile");
  const builder = "buildah";
  return (await buildImage({ context, dockerfile, builder, args: {}, outputDirectory })).archive;
}

async function makeBusyboxRoot(root: string): Promise<void> {
  for (const path of ["bin", "etc", "proc", "sys", "tmp", "var/tmp"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await copyFile("/bin/busybox", join(root, "bin/busybox"));
  const { stdout } = await runCommand({ program: "/bin/busybox", args: ["--list"] });
  const names = stdout.split("\n").filter((name) => name !== "" && name !== "busybox");
  await Promise.all(names.map((name) => symlink("busybox", join(root, "bin", name))));
}

async function lintProof(directory: string, archive: string): Promise<Finding[]> {
  const { settings } = await loadSettings(join(directory, "context"));
  const report = await withSourceImage(archive, {}, (image) => lintImage({ settings, image }));
  return [...report.findings];
}

async function bootProof(
  { archive, gvmi }: { archive: string; gvmi: string },
  profile: Profile,
  { volumes, ...options }: ProofBootOptions = {},
): Promise<ProofVm> {
  const { config } = await withSourceImage(archive, {}, async (image) => image);
  const image = {
    path: gvmi,
    volumes: volumes ?? Object.keys(config.Volumes ?? {}).sort(),
    workingDirectory: config.WorkingDir || "/",
    environment: config.Env ?? [],
  };
  const bootOptions: BootOptions = {
    runtime: { name: "system" },
    accelerator: "auto",
    memoryMib: 256,
    cpus: 1,
    bootTimeoutMs: PROOF_TIMEOUT_MS,
    profile,
    ...options,
  };
  return new Promise((resolve, reject) => {
    const ended = withVirtualMachine(
      image,
      bootOptions,
      (machine) =>
        new Promise<void>((close) => {
          resolve(
            openVm(machine, async () => {
              close();
              await ended;
            }),
          );
        }),
    );
    ended.catch(reject);
  });
}

function openVm(machine: VirtualMachine, close: () => Promise<void>): ProofVm {
  const run: ProofVm["run"] = async (argv, options = {}) => {
    const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    const { durationMs: _, ...exit } = await machine.run({
      argv,
      ...options,
      timeoutMs: PROOF_TIMEOUT_MS,
      onOutput: (stream, chunk) => void output[stream].push(chunk),
    });
    const text = (stream: keyof typeof output) => Buffer.concat(output[stream]).toString("utf8");
    return { ...exit, stdout: text("stdout"), stderr: text("stderr") };
  };
  const sh: ProofVm["sh"] = (script, options) => run(["/bin/sh", "-c", script], options);
  const output: ProofVm["output"] = async (script, options) => {
    const { stdout, ...rest } = await sh(script, options);
    expect(rest).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  };
  return { machine, run, sh, output, close };
}
