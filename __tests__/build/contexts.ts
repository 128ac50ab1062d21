import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A Dockerfile's text from its lines. */
export const lines = (...text: string[]): string => `${text.join("\n")}\n`;

/** The instructions that give an image a shell, from a context of `makeContext`. */
export const SHELL = [
  "COPY busybox /bin/busybox",
  'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
];

/** Makes a build context with a static busybox (package busybox-static) and a Dockerfile. */
export async function makeContext(
  parent: string,
  dockerfile: string,
  name = "context",
): Promise<string> {
  const context = join(parent, name);
  await mkdir(context);
  await copyFile("/bin/busybox", join(context, "busybox"));
  await writeFile(join(context, "Dockerfile"), dockerfile);
  return context;
}
