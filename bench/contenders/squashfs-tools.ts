import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Contender, commandContender } from "../contender.ts";
import type { Inputs } from "../inputs/inputs.ts";

/** What mksquashfs makes of the unpacked tree, as root sees it. */
export function mksquashfsContenders({ tree }: Inputs, directory: string): Contender[] {
  const contender = (name: string, description: string, options: readonly string[]) => {
    const output = join(directory, `${name}.squashfs`);
    return commandContender({
      name,
      description,
      output,
      // It adds to what is there.
      prepare: () => rm(output, { force: true }),
      command: {
        program: "mksquashfs",
        args: [tree, output, ...options, "-noappend", "-no-progress", "-quiet"],
      },
    });
  };
  return [
    contender("mksquashfs-gzip", "mksquashfs gzip -6, from the unpacked tree", [
      "-comp",
      "gzip",
      "-Xcompression-level",
      "6",
    ]),
    contender("mksquashfs-lzo", "mksquashfs lzo, from the unpacked tree", ["-comp", "lzo"]),
  ];
}

/** What tar2sqfs, of squashfs-tools-ng, makes of the layer's tar. */
export function tar2sqfsContenders({ layer }: Inputs, directory: string): Contender[] {
  const output = join(directory, "tar2sqfs.squashfs");
  // It reads stdin, and a shell opens the file so that nothing else reads it.
  const script = 'exec tar2sqfs --compressor gzip --force --quiet "$1" <"$2"';
  return [
    commandContender({
      name: "tar2sqfs",
      description: "tar2sqfs gzip, from the layer's tar",
      output,
      prepare: () => rm(output, { force: true }),
      command: { program: "sh", args: ["-c", script, "sh", output, layer] },
    }),
  ];
}
