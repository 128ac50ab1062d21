import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError } from "../../src/errors.ts";
import { run } from "../measure.ts";

/** What is installed on top of a minimal Debian 12. */
const PACKAGES = {
  small: ["python3", "python3-numpy", "imagemagick", "ffmpeg"],
  large: [
    "python3",
    "python3-numpy",
    "imagemagick",
    "ffmpeg",
    "clang",
    "golang-go",
    "openjdk-17-jdk-headless",
    "libreoffice-writer-nogui",
  ],
} as const;

export type DebianSize = keyof typeof PACKAGES;

/** What `apt-get clean` and the usual end of a Dockerfile's RUN remove. */
const LEFT_OUT = ["var/cache/apt", "var/lib/apt/lists", "var/log"];

/**
 * Installs Debian 12 into a directory, without what only the installation needs.
 *
 * @throws {ConversionError} when debootstrap fails; it needs root and Debian's packages
 */
export async function makeDebianTree(
  size: DebianSize,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new ConversionError("The input cannot be made: debootstrap needs root.", {
      hint: "Run the benchmark as root, or with --size tiny.",
    });
  }
  const include = `--include=${PACKAGES[size].join(",")}`;
  const args = ["--variant=minbase", include, "bookworm", directory];
  await run({ program: "debootstrap", args }, signal);
  for (const path of LEFT_OUT) await rm(join(directory, path), { recursive: true, force: true });
}
