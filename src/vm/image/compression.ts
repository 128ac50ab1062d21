import { VmError } from "../../errors.ts";
import { PROVIDER_COMPRESSIONS } from "../../squashfs/provider-compressions.ts";
import { readSuperblock } from "../../squashfs/superblock.ts";

/**
 * Refuses an image that boots here, with a newer kernel, and on no provider.
 *
 * @throws {VmError} when providers cannot read it
 * @throws {GvmiFormatError} when it is no squashfs at all
 */
export async function assertProvidersCanRead(image: string): Promise<void> {
  const { compression } = await readSuperblock(image);
  if (PROVIDER_COMPRESSIONS.includes(compression)) return;
  throw new VmError(
    `${image} is not booted: it is compressed with ${compression}, which the kernel of Golem's providers cannot read, so it would run on none of them.`,
    {
      hint: `Convert it again with ${PROVIDER_COMPRESSIONS.join(", ")}; or boot it here all the same with --allow-unreadable (convert.allowUnreadable).`,
    },
  );
}
