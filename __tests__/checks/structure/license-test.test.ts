import type { FileView } from "../../../src/checks/files/file-view.ts";
import type { TestContext } from "../../../src/checks/planned-test.ts";
import { runLicenseTest } from "../../../src/checks/structure/license-test.ts";

const FILES = new Map([
  [
    "/usr/share/doc/good/copyright",
    "License: GPL-3\n section 13: GNU Affero General Public License",
  ],
  ["/usr/share/doc/bad/copyright", "License: agpl-3+\n"],
  ["/usr/share/doc/libgnutls30/copyright", "AGPL"],
  ["/srv/LICENSE", "DO WHAT THE ... WTFPL version 2"],
  ["/srv/MIT", "MIT"],
  ["/srv/long", "MIT"],
]);
const DIRECTORY = 0o040755;
const LINK = 0o120777;

let packages: string[];
beforeEach(() => {
  packages = ["bad", "good", "libgnutls30", "link", "without-copyright"];
});

const atRest: FileView = {
  find: async (path) => ({
    mode: path.endsWith("/link") ? LINK : DIRECTORY,
    uid: 0,
    gid: 0,
    size: 0,
  }),
  follow: async () => undefined,
  read: async (path) => {
    const text = FILES.get(path);
    return text === undefined
      ? { problem: `${path} does not exist` }
      : { bytes: Buffer.from(text), isCut: path === "/srv/long" };
  },
  list: async () => packages,
};

const judge = (test: { debian: boolean; files: string[] }) =>
  runLicenseTest(test, "rest", { image: { atRest } } as unknown as TestContext);

test("each of Debian's packages has a licence, and none that is refused", async () => {
  expect((await judge({ debian: true, files: [] })).problems).toEqual([
    "/usr/share/doc/bad/copyright has a licence that is refused: AGPL",
    "/usr/share/doc/without-copyright/copyright does not exist",
  ]);
  packages = [];
  expect((await judge({ debian: true, files: [] })).problems).toEqual([
    "/usr/share/doc does not exist, or is empty",
  ]);
});

test("a licence is not acceptable when not all of it was searched", async () => {
  expect((await judge({ debian: false, files: ["/srv/long"] })).problems).toEqual([
    "/srv/long is too large: only its first 4 MiB are searched",
  ]);
});

test("named files must be there, and be acceptable", async () => {
  expect((await judge({ debian: false, files: ["/srv/MIT"] })).problems).toEqual([]);
  expect((await judge({ debian: false, files: ["/srv/LICENSE", "/srv/none"] })).problems).toEqual([
    "/srv/LICENSE has a licence that is refused: WTFPL",
    "/srv/none does not exist",
  ]);
});

test("an image that cannot be looked into at rest is named as the reason", async () => {
  const gvmi = { superblock: { compression: "xz" } };
  const context = { image: { gvmi, atRest: undefined } } as unknown as TestContext;
  await expect(runLicenseTest({ debian: true, files: [] }, "rest", context)).rejects.toMatchObject({
    kind: "settings",
    message: "at: rest needs an image that is compressed with gzip; this one has xz.",
  });
});
