import { ConversionError } from "../../errors.ts";
import { displayName, type Entry, type EntryMetadata } from "../../oci/entry.ts";
import { type ModificationTimes, squashfsSeconds } from "../modification-times.ts";
import type { DataWriter } from "./data-writer.ts";
import { DirectoryTree, ROOT } from "./directory-tree.ts";
import type { IdTable } from "./id-table.ts";
import { type InodeKind, type InodeProperties, Inodes } from "./inodes.ts";
import type { XattrTable } from "./xattr-table.ts";

/** Linux: bytes of a symlink's target, without the NUL behind it (PATH_MAX). */
const MAX_TARGET = 4095;
/** What Linux keeps of a device's number: 12 bits and 20 bits. */
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xf_ffff;
const MAX_ID = 2 ** 32 - 1;

const UNNAMED_ROOT: EntryMetadata = {
  path: "",
  type: "directory",
  mode: 0o755,
  uid: 0,
  gid: 0,
  modified: { seconds: 0, nanoseconds: 0 },
  size: 0,
  extendedAttributes: new Map(),
};

export interface ImageParts {
  readonly data: DataWriter;
  readonly ids: IdTable;
  readonly xattrs: XattrTable;
  readonly times: ModificationTimes;
}

/** Takes up entries one after the other. */
export class ImageBuilder {
  readonly inodes = new Inodes();
  readonly tree = new DirectoryTree();
  private readonly parts: ImageParts;
  private hasRoot = false;

  constructor(parts: ImageParts) {
    this.parts = parts;
    // The root's handle is the first; an entry for the root replaces what it says.
    this.inodes.add({ ...this.emptyProperties(), kind: "directory" });
  }

  /** @throws {ConversionError} that names the entry, when it cannot be stored */
  async add(entry: Entry): Promise<void> {
    if (entry.path === "") return this.setRoot(entry);
    if (entry.type === "hard-link") {
      return this.tree.addHardLink(entry.path, entry.linkTarget ?? "");
    }
    const detail = await this.detail(entry);
    const inode = this.inodes.add(this.properties(entry, entry.type, detail));
    if (entry.type === "directory") this.tree.addDirectory(entry.path, inode);
    else this.tree.add(entry.path, inode);
  }

  /** Gives the root attributes if it had no entry. */
  finish(): void {
    if (!this.hasRoot) this.setRoot(UNNAMED_ROOT);
  }

  private setRoot(entry: EntryMetadata): void {
    if (this.hasRoot) throw new ConversionError("The root comes twice.");
    if (entry.type !== "directory") {
      throw new ConversionError("The image's root cannot be stored: it is no directory.");
    }
    this.hasRoot = true;
    this.inodes.replace(ROOT, this.properties(entry, "directory", 0));
  }

  private properties(entry: EntryMetadata, kind: InodeKind, detail: number): InodeProperties {
    return {
      kind,
      mode: entry.mode & 0o7777,
      uidIndex: this.parts.ids.indexOf(checkId(entry, entry.uid)),
      gidIndex: this.parts.ids.indexOf(checkId(entry, entry.gid)),
      modified: squashfsSeconds(entry.modified, this.parts.times),
      xattrId: this.parts.xattrs.idOf(entry),
      detail,
    };
  }

  private emptyProperties(): Omit<InodeProperties, "kind"> {
    return { mode: 0, uidIndex: 0, gidIndex: 0, modified: 0, xattrId: 0, detail: 0 };
  }

  private async detail(entry: Entry): Promise<number> {
    switch (entry.type) {
      case "file":
        return await this.parts.data.write(entry);
      case "symlink":
        return this.inodes.addTarget(checkTarget(entry));
      case "character-device":
      case "block-device":
        return deviceNumber(entry);
      default:
        return 0;
    }
  }
}

function checkId({ path }: EntryMetadata, id: number): number {
  if (Number.isInteger(id) && id >= 0 && id <= MAX_ID) return id;
  throw new ConversionError(
    `"${displayName(path)}" cannot be stored: it belongs to the user or group ${id}. Must be a whole number from 0 to ${MAX_ID}.`,
  );
}

function checkTarget({ path, linkTarget = "" }: EntryMetadata): string {
  if (linkTarget !== "" && linkTarget.length <= MAX_TARGET && !linkTarget.includes("\0")) {
    return linkTarget;
  }
  throw new ConversionError(
    `The symlink "${displayName(path)}" cannot be stored: its target has ${linkTarget.length} bytes. Must be 1 to ${MAX_TARGET}, without NUL.`,
  );
}

/** A device's number as Linux encodes it in 32 bits. */
function deviceNumber({ path, device }: EntryMetadata): number {
  const { major, minor } = device ?? { major: 0, minor: 0 };
  const isValid = (value: number, max: number) =>
    Number.isInteger(value) && value >= 0 && value <= max;
  if (!isValid(major, MAX_MAJOR) || !isValid(minor, MAX_MINOR)) {
    throw new ConversionError(
      `The device "${displayName(path)}" cannot be stored: its number is ${major}, ${minor}. Must be at most ${MAX_MAJOR}, ${MAX_MINOR}.`,
    );
  }
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
