import type { ByteString } from "./entry.ts";
import type { InodeNumber, InodeTable } from "./inode-table.ts";
import { MalformedTarError, naming } from "./malformed-tar-error.ts";
import type { TarEntry } from "./tar-entry.ts";
import { childPathLength, compact, type PathWalker, splitName } from "./tree-path.ts";
import { classifyName } from "./whiteout.ts";

/** Linux allows a symlink's text one byte less than PATH_MAX. */
const MAX_LINK_TARGET = 4095;

interface Whiteout {
  readonly entryName: ByteString;
  readonly directory: readonly ByteString[];
  /** Undefined for everything in the directory. */
  readonly name: ByteString | undefined;
}

/**
 * What a layer changes in the tree of the layers below it, gathered entry by entry and then applied.
 *
 * Whiteouts hide what lower layers have and nothing of their own layer, wherever they stand in it. So
 * all of them are applied first, and then everything that the layer adds, in its order.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md
 */
export class LayerChanges {
  private readonly inodes: InodeTable;
  private readonly root: InodeNumber;
  private readonly walker: PathWalker;
  private readonly layer: number;
  private readonly whiteouts: Whiteout[] = [];
  private readonly added: InodeNumber[] = [];
  private readonly names: ByteString[] = [];
  /** The directory of the entry before: neighbours in a layer mostly share it. */
  private lastDirectory: { path: ByteString; inode: InodeNumber } | undefined;

  /** @param layer the layer's index */
  constructor(inodes: InodeTable, root: InodeNumber, walker: PathWalker, layer: number) {
    this.inodes = inodes;
    this.root = root;
    this.walker = walker;
    this.layer = layer;
  }

  /** @throws {MalformedTarError} for an entry that no image may have */
  gather(entry: TarEntry): void {
    if (entry.name.includes(".wh.")) {
      const { components } = splitName(entry.name);
      const name = classifyName(components);
      if (name.kind === "ignored") return;
      if (name.kind !== "entry") {
        this.whiteouts.push({
          entryName: entry.name,
          directory: components.slice(0, -1),
          name: name.kind === "whiteout" ? name.name : undefined,
        });
        return;
      }
    }
    const { type, linkName } = entry;
    if (type === "symlink" && (linkName === "" || linkName.length > MAX_LINK_TARGET)) {
      throw new MalformedTarError(
        `it is a symbolic link with a text of ${linkName.length} bytes; Linux allows 1 to ${MAX_LINK_TARGET}`,
      );
    }
    this.added.push(this.inodes.add(entry, this.layer));
    this.names.push(entry.name);
  }

  /** Changes the tree. To be called once. @throws {MalformedTarError} that names the entry */
  apply(): void {
    this.applyWhiteouts();
    for (const [index, inode] of this.added.entries()) {
      const name = this.names[index] as ByteString;
      naming(name, () => this.place(inode, name));
    }
  }

  private applyWhiteouts(): void {
    if (this.whiteouts.length === 0) return;
    const directories = new Set<ByteString>();
    for (const [index, inode] of this.added.entries()) {
      if (!this.inodes.isDirectory(inode)) continue;
      directories.add(splitName(this.names[index] as ByteString).components.join("/"));
    }
    // Where the layer itself has a directory in place of a lower symlink, the whiteout is meant for the
    // directory, in which the lower layers have nothing.
    const isReplaced = (literal: ByteString) => directories.has(literal);
    for (const { entryName, directory, name } of this.whiteouts) {
      const parent = naming(entryName, () => this.walker.find(directory, isReplaced));
      if (parent === undefined || !this.inodes.existingChildren(parent)) continue;
      if (name === undefined) this.inodes.children(parent).clear();
      else this.inodes.children(parent).delete(name);
    }
  }

  private place(row: InodeNumber, entryName: ByteString): void {
    const { inodes } = this;
    // A link's target is looked up first: its own parents may take the target's place.
    const inode = inodes.type(row) === "hard-link" ? this.resolveLink(row) : row;
    const place = this.findPlace(entryName);
    if (!place) {
      if (inode !== row || !inodes.isDirectory(row)) {
        throw new MalformedTarError(`it would make the image's root a ${inodes.type(row)}`);
      }
      inodes.copyAttributes(row, this.root);
      return;
    }
    const { parent, name } = place;
    const pathLength = childPathLength(inodes, parent, name);
    const children = inodes.children(parent);
    const existing = children.get(name);
    if (existing !== undefined && inodes.isDirectory(existing)) {
      if (inodes.isDirectory(inode)) {
        inodes.copyAttributes(inode, existing);
        return;
      }
      this.lastDirectory = undefined;
    } else if (existing !== undefined && inodes.isSymlink(existing)) {
      this.lastDirectory = undefined;
    }
    if (inodes.isDirectory(inode)) inodes.setPathLength(inode, pathLength);
    children.set(compact(name), inode);
  }

  /** Where an entry belongs; the directories on the way are made. @returns undefined for the root */
  private findPlace(entryName: ByteString): { parent: InodeNumber; name: ByteString } | undefined {
    const slash = entryName.lastIndexOf("/");
    const path = entryName.slice(0, Math.max(slash, 0));
    const ending = entryName.slice(slash + 1);
    const isPlain = ending !== "" && ending !== "." && ending !== "..";
    if (isPlain && this.lastDirectory?.path === path) {
      return { parent: this.lastDirectory.inode, name: ending };
    }
    const { components } = splitName(entryName);
    const name = components.pop();
    if (name === undefined) return undefined;
    const parent = this.walker.make(components);
    if (isPlain) this.lastDirectory = { path, inode: parent };
    return { parent, name };
  }

  private resolveLink(row: InodeNumber): InodeNumber {
    const { inodes } = this;
    const { components, escapes } = splitName(inodes.linkTarget(row));
    if (escapes) throw new MalformedTarError("it is a hard link to a path outside the image");
    const name = components.pop();
    const parent = name === undefined ? undefined : this.walker.find(components);
    const inode = name === undefined ? this.root : this.childOf(parent, name);
    if (inode === undefined) {
      throw new MalformedTarError("it is a hard link to something that the image does not have");
    }
    if (inodes.isDirectory(inode)) throw new MalformedTarError("it is a hard link to a directory");
    inodes.markLinked(inode);
    return inode;
  }

  private childOf(parent: InodeNumber | undefined, name: ByteString): InodeNumber | undefined {
    return parent === undefined ? undefined : this.inodes.existingChildren(parent)?.get(name);
  }
}
