import { SettingsError } from "../../errors.ts";
import type { FileView } from "../files/file-view.ts";
import { HiddenFiles } from "../files/hidden-files.ts";
import { RunningFiles } from "../files/running-files.ts";
import { machineOf, type TestContext } from "../planned-test.ts";

/**
 * The files of the running VM. The official runtime's agent cannot be asked: there they are those of the image
 * without what the VM hides.
 */
export function guestFiles(context: TestContext): FileView {
  const machine = machineOf(context);
  if (machine.isOurs) return new RunningFiles(machine);
  return new HiddenFiles(context.image.atRest, machine.volumes);
}

/**
 * The files of the image itself.
 *
 * @throws {SettingsError} when they cannot be read without booting it
 */
export function filesAtRest({ image }: TestContext): FileView {
  if (image.atRest !== undefined) return image.atRest;
  const { compression } = image.gvmi.superblock;
  throw new SettingsError(
    `at: rest needs an image that is compressed with gzip; this one has ${compression}.`,
    { hint: "Leave `at: rest` out to look at the running VM, or convert with --compression gzip." },
  );
}
