import type { Command } from "commander";
import { formatBytes } from "../../system/format-bytes.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { formatTable } from "../format.ts";

export function addInspectCommand(program: Command, context: CliContext): void {
  const command = program
    .command("inspect")
    .description("show what a .gvmi says of itself: metadata, volumes, hashes, sizes")
    .argument("<file>", "the .gvmi");
  addOutputOptions(command).action(async (path: string, options: OutputOptions) => {
    const { inspectGvmi } = await import("../../gvmi/read.ts");
    const gvmi = await inspectGvmi(path, context.signal);
    const { superblock, metadata } = gvmi;
    const result = {
      path,
      hash: gvmi.hash,
      sha256: gvmi.sha256,
      size: gvmi.size,
      squashfsBytes: gvmi.squashfsBytes,
      trailerBytes: gvmi.trailerBytes,
      compression: superblock.compression,
      blockSize: superblock.blockSize,
      entries: superblock.inodeCount,
      volumes: gvmi.volumes,
      workingDirectory: gvmi.workingDirectory,
      metadata,
    };
    writeResult(context, options, result, () =>
      formatTable([
        ["file", path],
        ["hash", gvmi.hash],
        ["sha256", gvmi.sha256],
        ["size", `${formatBytes(gvmi.size)} (${gvmi.size} bytes)`],
        [
          "compression",
          `${superblock.compression}, blocks of ${formatBytes(superblock.blockSize)}`,
        ],
        ["entries", String(superblock.inodeCount)],
        ["volumes", gvmi.volumes.join(", ") || "none"],
        ["work directory", gvmi.workingDirectory],
        ["metadata", JSON.stringify(metadata)],
      ]),
    );
  });
}
