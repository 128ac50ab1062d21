import { gzipSync } from "node:zlib";
import {
  directory,
  file,
  gzipped,
  hardLink,
  plain,
  symlink,
  type TestEntry,
  type TestLayer,
  tar,
} from "../support/archives.ts";

/** An image that others can unpack, too. */
export interface VariedImage {
  readonly name: string;
  readonly layers: readonly TestLayer[];
  /** Why `docker load` does not keep it as it is. */
  readonly notInDocker?: string;
}

const CAPABILITY = Buffer.from("0100000200200000000000000000000000000000", "hex");
const ACROSS = "Docker unpacks each layer into a directory of its own";

const gnu = (type: string, name: string): TestEntry => ({
  name: "././@LongLink",
  type,
  content: `${name}\0`,
});
const xattr = (name: string, value: string | Buffer) => [`SCHILY.xattr.${name}`, value] as const;
const time = (mtime: string) => ({ pax: [["mtime", mtime]] as const });
/** A hard link as tar programs write it: with what they say of the file. */
const link = (name: string, target: TestEntry): TestEntry => ({
  ...target,
  name,
  type: "1",
  linkName: target.name,
  size: 0,
  content: "",
});
const device = (name: string, type: "3" | "4", major: number, minor: number): TestEntry => ({
  name,
  type,
  major,
  minor,
  mode: 0o620,
  gid: 5,
});

const OWNED = file("a", "x", { uid: 5, mode: 0o4755 });
const LINKED = symlink("s", "x");
const NULL_DEVICE = device("n", "3", 1, 3);
const LONG = Array.from({ length: 6 }, (_, index) => String(index).repeat(60)).join("/");
const USR = [directory("usr/"), directory("usr/lib/"), symlink("lib", "usr/lib")];

const IMAGES: Readonly<Record<string, readonly (readonly TestEntry[])[]>> = {
  "one file": [[file("hello", "world\n")]],
  "no entries at all": [[]],
  "only its root": [[directory("./", { mode: 0o750, uid: 3, gid: 4 })]],
  "directories without entries": [[file("a/b/c/d"), file("a/b/e"), file("f/g")]],
  "modes and owners": [
    [directory("d/", { mode: 0o700, uid: 1000, gid: 1001 }), file("d/f", "x", { mode: 0, uid: 7 })],
    [directory("d/", { mode: 0o2775, uid: 5, gid: 6 }), file("d/g", "y", { mode: 0o7777 })],
  ],
  "setuid, setgid and sticky bits": [
    [0o4755, 0o2755, 0o6711, 0o1777, 0o7000].flatMap((mode) => [
      file(`f${mode}`, "x", { mode, uid: 9 }),
      directory(`d${mode}/`, { mode, gid: 9 }),
    ]),
  ],
  "forty layers": Array.from({ length: 40 }, (_, index) => [
    file("same", String(index)),
    file(`own/${index}`, "x"),
    ...(index > 20 ? [file(`own/.wh.${index - 10}`, "")] : []),
  ]),
  "contents around the block size": [
    [0, 1, 511, 512, 513, 1023, 1024, 1025, 1_048_577].map((size) =>
      file(`s${size}`, Buffer.alloc(size, size)),
    ),
  ],
  "a thousand files in a directory": [
    Array.from({ length: 1000 }, (_, index) => file(`d/${(index * 7919) % 1000}`, String(index))),
  ],
  "a hundred levels": [[file(`${"d/".repeat(100)}f`)], [file(`${"d/".repeat(50)}g`)]],
  "names with every byte": [
    Array.from({ length: 255 }, (_, index) => index + 1)
      .filter((byte) => byte !== 0x2f)
      .map((byte) => file(`n${String.fromCharCode(byte)}`, "x")),
  ],
  "names of 255 bytes": [
    [file("x", "x", { pax: [["path", `${"n".repeat(255)}/${"ü".repeat(255)}`]] })],
  ],
  "long names of GNU": [
    [
      gnu("L", `${LONG}/file`),
      file("short"),
      gnu("K", LONG),
      gnu("L", `${LONG}/s`),
      symlink("s", "t"),
    ],
  ],
  "long names of PAX": [
    [
      file("short", "x", { pax: [["path", `${LONG}/file`]] }),
      { ...symlink("s", "t"), pax: [["linkpath", LONG]] },
    ],
  ],
  "names in two halves": [
    [file("name", "x", { edit: (header) => void header.write("pre/fix", 345) })],
  ],
  "names with detours": [
    [
      file("./a"),
      file("/b"),
      file("c//d"),
      file("c/./e"),
      file("../f"),
      file("c/x/../g"),
      directory("h//"),
    ],
  ],
  "duplicate names": [
    [
      file("f", "1"),
      file("f", "2"),
      symlink("s", "a"),
      symlink("s", "b"),
      directory("d/"),
      directory("d/", { mode: 0o700 }),
    ],
  ],
  "a directory in place of a file, and the reverse": [
    [file("a"), directory("b/"), file("b/c"), symlink("d", "b"), directory("e/"), file("e/x")],
    [directory("a/"), file("a/x"), file("b"), directory("d/"), file("d/y"), symlink("e", "a")],
  ],
  "symlinks of all kinds": [
    [
      symlink("relative", "a/b"),
      symlink("up", "../../.."),
      symlink("absolute", "/etc"),
      symlink("self", "self"),
      symlink("odd", "\xff\n //x/"),
    ],
  ],
  "a library directory behind a symlink": [
    [...USR, file("lib/a")],
    [file("lib/b"), file("usr/lib/c")],
  ],
  "a dangling symlink as a parent": [[symlink("data", "var/data")], [file("data/a")]],
  "symlinks that lead out": [
    [symlink("out", "/../../there"), directory("there/")],
    [file("out/x")],
  ],
  "a chain of symlinks as a parent": [
    [
      directory("real/"),
      symlink("one", "real"),
      symlink("two", "/one"),
      symlink("real/three", "../two"),
    ],
    [file("two/x"), file("real/three/y")],
  ],
  whiteouts: [
    [file("a"), directory("d/"), file("d/x"), file("d/y"), symlink("s", "a"), file("kept")],
    [file(".wh.a", ""), file("d/.wh.x", ""), file(".wh.s", ""), file(".wh.missing", "")],
    [file(".wh.d", "")],
  ],
  "a whiteout of a directory that comes again": [
    [directory("d/", { mode: 0o700 }), file("d/old")],
    [file(".wh.d", ""), directory("d/", { mode: 0o755 }), file("d/new")],
  ],
  "opaque directories": [
    [directory("d/"), file("d/old"), directory("d/s/"), file("d/s/old"), file("kept")],
    [
      directory("d/"),
      file("d/.wh..wh..opq", ""),
      file("d/new"),
      directory("d/s/", { mode: 0o711 }),
    ],
  ],
  "an opaque root": [
    [file("old"), directory("d/")],
    [file(".wh..wh..opq", ""), file("new")],
  ],
  "hard links": [[OWNED, link("b", OWNED), link("d/c", OWNED), file("other", "x")]],
  "hard links to a symlink, a device and a FIFO": [
    [
      LINKED,
      link("s2", LINKED),
      NULL_DEVICE,
      link("n2", NULL_DEVICE),
      { name: "p", type: "6" },
      hardLink("p2", "p"),
    ],
  ],
  "hard links into lower layers": [
    [file("a", "content"), symlink("s", "a")],
    [hardLink("b", "a"), hardLink("t", "s")],
    [hardLink("c", "b"), file(".wh.a", "")],
  ],
  "hard links whose other names change": [
    [file("a", "old"), hardLink("b", "a"), hardLink("c", "a"), hardLink("d", "a")],
    [file(".wh.a", ""), file("b", "new"), symlink("c", "d")],
  ],
  devices: [
    [
      device("null", "3", 1, 3),
      device("disk", "4", 259, 65_536),
      device("last", "3", 4095, 1_048_575),
    ],
  ],
  FIFOs: [
    [{ name: "p", type: "6", mode: 0o600, uid: 4 }],
    [{ name: "q", type: "6" }, file(".wh.p", "")],
  ],
  "extended attributes": [
    [
      file("f", "x", {
        pax: [xattr("user.a", "1"), xattr("user.bin", Buffer.from([0, 255, 10]))],
      }),
      directory("d/", { pax: [xattr("user.d", "x".repeat(1000)), xattr("trusted.t", "t")] }),
      file("plain"),
    ],
    [directory("d/", { pax: [xattr("user.other", "2")] })],
  ],
  capabilities: [
    [file("ping", "x", { mode: 0o755, pax: [xattr("security.capability", CAPABILITY)] })],
  ],
  "times with fractions": [
    [file("a", "x", time("1600000000.123456789")), file("b", "x", time("0.5"))],
  ],
  "times outside of 1970 to 2038": [
    [
      file("old", "x", time("-1.25")),
      file("older", "x", time("-86400")),
      file("late", "x", time("8589934592")),
    ],
  ],
  "large ids": [
    [
      file("pax", "x", {
        pax: [
          ["uid", "4294967294"],
          ["gid", "3000000000"],
        ],
      }),
      file("octal", "x", { uid: 2_097_151, gid: 2_097_151 }),
    ],
  ],
};

const NOT_IN_DOCKER: Readonly<Record<string, string>> = {
  "hard links into lower layers": ACROSS,
  "a library directory behind a symlink": ACROSS,
  "a dangling symlink as a parent": ACROSS,
  "symlinks that lead out": ACROSS,
  "a chain of symlinks as a parent": ACROSS,
  "duplicate names": "Docker refuses them",
  "a whiteout of a directory that comes again": "Docker brings back what was in it",
  "an opaque root": "Docker does not hide anything",
  "times outside of 1970 to 2038": "Docker has no times before 1970",
};

/** Images of generated layers, plain and compressed by turns. */
export const VARIED_IMAGES: readonly VariedImage[] = [
  ...Object.entries(IMAGES).map(([name, layers]) => ({
    name,
    layers: layers.map((entries, index) => (index % 2 === 0 ? plain(entries) : gzipped(entries))),
    ...(NOT_IN_DOCKER[name] !== undefined && { notInDocker: NOT_IN_DOCKER[name] }),
  })),
  {
    name: "a gzip of several members",
    layers: [inMembers([file("a", "x".repeat(5000)), file("b")])],
  },
];

function inMembers(entries: readonly TestEntry[]): TestLayer {
  const bytes = tar(entries);
  const blob = Buffer.concat(
    [bytes.subarray(0, 700), bytes.subarray(700)].map((part) => gzipSync(part)),
  );
  return { ...gzipped(entries), blob };
}
