import type { TestEntry } from "../support/archives.ts";
import { Random } from "../support/random.ts";

/** Few, so that entries and layers collide. */
const NAMES = ["a", "b", "c", "d", "e f", "\xc3\xbc", "\xff", ".h", "..x", "-n", "g\nh"];
const MODES = [0o644, 0o600, 0o755, 0o4755, 0o2750, 0o1777, 0o000];

/**
 * The layers of an image. Paths collide within and across layers; entries are of every kind that the
 * reference can unpack.
 */
export function randomLayers(seed: number): TestEntry[][] {
  return new Generator(new Random(seed)).layers();
}

class Generator {
  /** The type flag of each path so far, as far as no path leads through a symlink. */
  private readonly types = new Map<string, string>();
  private clock = 1_600_000_000;
  private symlinks = true;

  constructor(private readonly random: Random) {}

  layers(): TestEntry[][] {
    // The reference applies a layer's entries in their order, so a whiteout has another effect than the
    // specification gives it where it stands behind a path through a symlink, or behind a path through a
    // directory without an entry, which it hides.
    this.symlinks = this.random.chance(0.7);
    return Array.from({ length: 1 + this.random.below(4) }, (_, index) => this.layer(index));
  }

  private layer(index: number): TestEntry[] {
    const layer: TestEntry[] = [];
    const whiteouts = index === 0 ? 0 : this.random.below(4);
    for (let count = 0; count < whiteouts; count++) layer.push(this.whiteout());
    const entries = 1 + this.random.below(14);
    for (let count = 0; count < entries; count++) {
      const entry = this.entry();
      if (!this.symlinks) layer.push(...this.parents(entry.name));
      layer.push(entry);
    }
    if (this.symlinks) return layer.filter((entry) => !isInNewDirectory(entry, layer));
    for (const entry of layer.splice(0, whiteouts)) {
      layer.splice(this.random.below(layer.length + 1), 0, entry);
    }
    return layer;
  }

  private whiteout(): TestEntry {
    const path = this.random.chance(0.9) ? this.knownPath() : this.path();
    const parts = path.split("/");
    const parent = parts.slice(0, -1).join("/");
    if (this.random.chance(0.3)) {
      this.forgetBelow(parent);
      return { name: joined(parent, ".wh..wh..opq"), content: "" };
    }
    this.forgetBelow(path);
    this.types.delete(path);
    return { name: joined(parent, `.wh.${parts.at(-1)}`), content: "" };
  }

  private entry(): TestEntry {
    const name = this.path();
    const entry: TestEntry = {
      name: this.random.chance(0.1) ? `./${name}` : this.random.chance(0.1) ? `/${name}` : name,
      mode: this.random.pick(MODES),
      uid: this.random.pick([0, 1, 1000, 65534, 2_000_000]),
      gid: this.random.pick([0, 5, 100, 2_000_000]),
      mtime: this.clock++,
      ...this.kind(name),
    };
    const type = entry.type ?? "0";
    if (type === "5") {
      entry.name += "/";
      // A directory that the reference makes without an entry would inherit the group.
      entry.mode = (entry.mode ?? 0) & ~0o2000;
    } else this.forgetBelow(name);
    const linked = type === "1" ? this.types.get(entry.linkName ?? "") : type;
    this.types.set(name, linked ?? type);
    const parts = name.split("/");
    for (let length = 1; length < parts.length; length++) {
      const parent = parts.slice(0, length).join("/");
      if (!this.types.has(parent)) this.types.set(parent, "5");
    }
    return entry;
  }

  private parents(name: string): TestEntry[] {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    return parts.slice(0, -1).map((_, index) => ({
      name: `${parts.slice(0, index + 1).join("/")}/`,
      type: "5",
      mode: 0o751,
    }));
  }

  private kind(name: string): Partial<TestEntry> {
    const kind = this.random.next();
    // The reference removes what a link replaces before it makes the link.
    const linkable = [...this.types].filter(
      ([path, type]) =>
        type !== "5" && !this.leadsThrough(path, "2") && !`${path}/`.startsWith(`${name}/`),
    );
    if (kind < 0.15 && linkable.length > 0) {
      return { type: "1", linkName: this.random.pick(linkable)[0] };
    }
    if (kind < 0.3 && this.symlinks) return { type: "2", linkName: this.target(), mode: 0o777 };
    if (kind < 0.35) return { type: "6" };
    if (kind < 0.4) {
      return {
        type: this.random.pick(["3", "4"]),
        major: this.random.below(4096),
        minor: this.random.below(70_000),
      };
    }
    if (kind < 0.65) return { type: "5", ...this.pax() };
    return { content: this.content(), ...this.pax() };
  }

  /** A path whose parents are no files: what the reference makes of those is an error. */
  private path(): string {
    for (;;) {
      const parts = Array.from({ length: 1 + this.random.below(3) }, () => this.random.pick(NAMES));
      if (this.random.chance(0.5)) parts.unshift(this.knownPath());
      const path = parts.join("/").split("/").slice(0, 5).join("/");
      if (!["0", "1", "3", "4", "6"].some((type) => this.leadsThrough(path, type))) return path;
    }
  }

  private knownPath(): string {
    return this.types.size === 0
      ? this.random.pick(NAMES)
      : this.random.pick([...this.types.keys()]);
  }

  private leadsThrough(path: string, type: string): boolean {
    const parts = path.split("/");
    return parts.some(
      (_, index) => index > 0 && this.types.get(parts.slice(0, index).join("/")) === type,
    );
  }

  private forgetBelow(directory: string): void {
    for (const path of this.types.keys()) {
      if (directory === "" || path.startsWith(`${directory}/`)) this.types.delete(path);
    }
  }

  private target(): string {
    const up = "../".repeat(this.random.below(3));
    const path = this.random.chance(0.7) ? this.knownPath() : this.path();
    return this.random.chance(0.3) ? `/${up}${path}` : `${up}${path}`;
  }

  private content(): Buffer {
    return Buffer.alloc(this.random.pick([0, 1, 511, 512, 513, 5000]), this.random.below(256));
  }

  private pax(): Pick<TestEntry, "pax"> {
    if (this.random.chance(0.85)) return {};
    const time = `${this.clock}.${String(this.random.below(1e9)).padStart(9, "0")}`;
    return {
      pax: [
        ["SCHILY.xattr.user.name", `value ${this.random.below(100)}`],
        ...(this.random.chance(0.5) ? [["mtime", time] as const] : []),
      ],
    };
  }
}

const joined = (parent: string, name: string) => (parent === "" ? name : `${parent}/${name}`);

/**
 * Whether a whiteout leads through a directory that its own layer has: the reference would follow a symlink
 * of a lower layer that the directory replaces.
 */
function isInNewDirectory({ name }: TestEntry, layer: readonly TestEntry[]): boolean {
  return (
    name.includes(".wh.") &&
    layer.some((entry) => entry.type === "5" && name.startsWith(entry.name.replace(/^\.?\//, "")))
  );
}
