import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MissingToolError } from "../../errors.ts";
import { knownVmrtDigest, versionIn } from "./release.ts";

/** An unpacked official runtime. */
export interface Bundle {
  /** The absolute path of its `runtime` directory, which `vmrt` is started in. */
  readonly directory: string;
  readonly vmrt: string;
  readonly kernel: string;
  readonly initramfs: string;
  /** The release's tag; undefined when nothing tells it. */
  readonly version: string | undefined;
  /** What speaks for its contents: the tarball's demanded digest, `vmrt`'s known one, or nothing. */
  readonly checkedBy: "tarball" | "vmrt" | undefined;
}

const VMRT = "vmrt";
const KERNEL = "vmlinuz-virt";
const INITRAMFS = "initramfs.cpio.gz";

/**
 * Finds the files of an unpacked release and checks `vmrt`, where its digest is known.
 *
 * @param path the directory that the release unpacks to, or one below it down to `runtime`
 * @param givenVersion the release's tag, where it is known; else the directories' names may tell it
 * @throws {MissingToolError} when something is missing or is not what was released
 */
export async function openBundle(
  path: string,
  givenVersion: string | undefined,
  isTarballChecked = false,
): Promise<Bundle> {
  const directory = await runtimeDirectory(resolve(path));
  if (directory === undefined) {
    throw new MissingToolError(`There is no ya-runtime-vm in ${path}.`, {
      hint: `Give the directory that a release unpacks to, or its runtime directory, which has ${VMRT}, ${KERNEL} and ${INITRAMFS}.`,
    });
  }
  const version = givenVersion ?? versionIn(directory);
  const vmrt = join(directory, VMRT);
  const isProgram = await stat(vmrt).then(
    (file) => file.isFile() && (file.mode & 0o111) !== 0,
    () => false,
  );
  if (!isProgram) {
    throw new MissingToolError(`The runtime in ${directory} has no program ${VMRT}.`, {
      hint: "Unpack the release again.",
    });
  }
  const known = knownVmrtDigest(version);
  if (known !== undefined) await checkDigest(vmrt, known, version ?? "");
  return {
    directory,
    vmrt,
    kernel: join(directory, KERNEL),
    initramfs: join(directory, INITRAMFS),
    version,
    checkedBy: isTarballChecked ? "tarball" : known === undefined ? undefined : "vmrt",
  };
}

async function runtimeDirectory(path: string): Promise<string | undefined> {
  const below = await readdir(path).catch(() => [] as string[]);
  const candidates = [
    path,
    join(path, "runtime"),
    join(path, "ya-runtime-vm", "runtime"),
    ...below.map((name) => join(path, name, "ya-runtime-vm", "runtime")),
  ];
  for (const candidate of candidates) {
    const files = [KERNEL, INITRAMFS].map((name) =>
      stat(join(candidate, name)).then(
        (file) => file.isFile(),
        () => false,
      ),
    );
    if ((await Promise.all(files)).every(Boolean)) return candidate;
  }
  return undefined;
}

async function checkDigest(file: string, expected: string, version: string): Promise<void> {
  const actual = await sha256Of(file);
  if (actual === expected) return;
  throw new MissingToolError(
    `${file} is not the vmrt of ya-runtime-vm ${version}: its SHA-256 is ${actual}, not ${expected}.`,
    { hint: "Get the release from another source. A runtime that was changed must not be run." },
  );
}

/** In hexadecimal. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}
