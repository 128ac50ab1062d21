import { type Command, runCommand } from "../system/run-command.ts";
import type { SquashfsCompression } from "./squashfs-writer.ts";

/**
 * Names what compresses, so exactly that the same name means the same bytes. zlib's own version is not
 * enough: Node's has code of its own for each kind of processor.
 *
 * @throws {MissingToolError} when the tool for this compression is not installed
 */
export async function compressorVersion(compression: SquashfsCompression): Promise<string> {
  if (compression === "gzip") return `zlib ${process.versions.zlib} ${process.arch}`;
  const { stdout } = await runCommand(VERSION_COMMAND);
  return stdout.split("\n")[0] ?? "";
}

const VERSION_COMMAND: Command = { program: "tar2sqfs", args: ["--version"] };
