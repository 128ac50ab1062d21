import {
  type ByteString,
  displayName,
  type EntryMetadata,
  type FileIndex,
} from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { basePlace, effectiveVolumes } from "../effective-image.ts";
import { entryPath, followLinks, imageFiles } from "../image-files.ts";
import type { Rule } from "../rule.ts";

/** What a provider's init writes while the image is not its root directory yet. */
const WRITTEN = ["etc/resolv.conf", "etc/hosts"];
/** What it mounts on, or writes into. */
const NEEDED = ["etc", "proc", "sys"];
/** What the agent of runtimes since 0.4 makes a directory of its own in, without following links. */
const PRIVATE_PARENT = "var/tmp";

export const bootFiles: Rule = {
  id: "GVM011",
  name: "boot-files",
  severity: "error",
  depths: ["files"],
  summary: "The VM panics at boot because of what the image has in place of a file that it needs.",
  why: "At boot the VM writes /etc/resolv.conf and /etc/hosts, and mounts /proc and /sys, before the image is its root directory: an absolute symbolic link then leads out of the image, to nothing. Runtimes since 0.4 follow no link on the way to a volume, or to /var/tmp, either.",
  cure: "Have plain files and directories at these paths. Builders mount their own /etc/resolv.conf, so a link there is replaced by a COPY, or by a step behind the build.",
  page: {
    bad: `FROM scratch
ADD ubuntu-rootfs.tar.gz /
# The archive's /etc/resolv.conf is a link to /run/systemd/resolve/stub-resolv.conf.`,
    good: `FROM scratch
ADD ubuntu-rootfs.tar.gz /
COPY empty-file /etc/resolv.conf`,
    affected: "All providers.",
  },
  proof: ["panics, and lint says why", "what was moved is there, and programs start"],
  *check(context) {
    if (!context.entries) return;
    const files = imageFiles(context.entries);
    const place = basePlace(context);
    for (const path of NEEDED) {
      const problem = directoryProblem(files, path);
      if (problem !== undefined) {
        const cure = `Make /${path} a directory, or leave it out: the conversion adds an empty one.`;
        yield {
          place,
          message: `/${path} of the image ${problem}, so the VM panics at boot.`,
          cure,
        };
      }
    }
    for (const path of WRITTEN) {
      const problem = fileProblem(files, path);
      if (problem !== undefined) {
        const cure = `Replace the link with a plain file, which may be empty: the VM writes its own text there.`;
        yield {
          place,
          message: `/${path} of the image ${problem}, so the VM panics at boot.`,
          cure,
        };
      }
    }
    const linked = firstLink(files, PRIVATE_PARENT);
    if (linked) {
      yield {
        place,
        message: `/${displayName(linked.path)} of the image is ${describeLink(linked)}, so the VM panics at boot.`,
        cure: `Make /${PRIVATE_PARENT} and what is above it plain directories.`,
      };
    }
    for (const volume of effectiveVolumes(context)) {
      const behind = firstLink(files, entryPath(volume.path));
      if (!behind) continue;
      yield {
        place: volume.place,
        message: `The way to the VOLUME ${displayText(volume.path)} leads through /${displayText(displayName(behind.path))}, ${describeLink(behind)}, so the VM panics at boot.`,
        cure: "Name the directory itself in VOLUME, such as /run/app for /var/run/app.",
      };
    }
  },
};

/** The first symbolic link on the way to a path, its end included. */
function firstLink(files: FileIndex, path: ByteString): EntryMetadata | undefined {
  const names = path.split("/");
  for (const index of names.keys()) {
    const entry = files.find(names.slice(0, index + 1).join("/"));
    if (entry?.type === "symlink") return entry;
  }
  return undefined;
}

function directoryProblem(files: FileIndex, path: ByteString): string | undefined {
  const entry = files.find(path);
  // What is missing is added by the conversion.
  if (!entry || entry.type === "directory") return undefined;
  if (entry.type !== "symlink") return "is not a directory";
  const isFound = followLinks(files, path)?.type === "directory";
  return isFound && !isAbsolute(entry) ? undefined : `is ${describeLink(entry)}`;
}

function fileProblem(files: FileIndex, path: ByteString): string | undefined {
  const entry = files.find(path);
  if (entry?.type === "directory") return "is a directory";
  if (entry?.type !== "symlink") return undefined;
  // These are there before the image is.
  if (/^\/(dev|proc)\//.test(entry.linkTarget ?? "")) return undefined;
  if (isAbsolute(entry)) return `is ${describeLink(entry)}, which the VM follows out of the image`;
  // A file that is missing is created, when its directory is there.
  const target = entry.linkTarget ?? "";
  const parent = followLinks(files, `etc/${target.slice(0, target.lastIndexOf("/") + 1)}`);
  return parent?.type === "directory" ? undefined : `is ${describeLink(entry)}, which is not there`;
}

const isAbsolute = ({ linkTarget }: EntryMetadata) => linkTarget?.startsWith("/") ?? false;

function describeLink({ linkTarget }: EntryMetadata): string {
  return `a symbolic link to ${displayText(displayName(linkTarget ?? ""))}`;
}
