import { PROVIDER_COMPRESSIONS } from "../../squashfs/provider-compressions.ts";
import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const unreadableCompression: Rule = {
  id: "GVM022",
  name: "unreadable-compression",
  severity: "error",
  depths: ["config"],
  summary: "The .gvmi is compressed with something that providers cannot read.",
  why: "The kernel of the VM runtime mounts squashfs images that are compressed with gzip, lzo, xz or lz4. Newer kernels, such as that of a developer's machine, read zstd, too.",
  cure: "Convert the image with gzip (balanced), xz (smallest) or lz4 (fastest).",
  page: {
    bad: "golem-image convert --compression zstd --allow-unreadable docker:my-image",
    good: "golem-image convert --compression smallest docker:my-image",
    affected: "All providers.",
  },
  proof: ["an image that is compressed with zstd is not booted, because no provider can"],
  *check(context) {
    const { compression } = context;
    if (compression === undefined || PROVIDER_COMPRESSIONS.includes(compression)) return;
    yield {
      place: basePlace(context),
      message: `The image is compressed with ${displayText(compression)}, which the kernel of Golem's providers cannot read: it boots on none of them.`,
      cure: `Convert it again with ${PROVIDER_COMPRESSIONS.join(", ")}.`,
    };
  },
};
