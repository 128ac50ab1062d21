import type { FileView } from "../../../src/checks/files/file-view.ts";
import type { TestContext } from "../../../src/checks/planned-test.ts";
import { runLicenseTest } from "../../../src/checks/structure/license-test.ts";

const FILES = new Map([
  [
    "/usr/share/doc/good/copyright",
    "License: GPL-3\n section 13: GNU Affero General Public License",
  ],
  ["/usr/share/doc/bad/copyright", "License: AGPL-3+\n"],
  ["/srv/LICENSE", "DO WHAT THE ... WTFPL version 2"],
  ["/srv/MIT", "MIT"],
]);

const atRest: FileView = {
  find: async () => undefined,
  follow: async () => undefined,
  read: async (path) => {
    const text = FILES.get(path);
    return text === undefined
      ? { problem: `${path} does not exist` }
      : { bytes: Buffer.from(text), isCut: false };
  },
  list: async () => ["bad", "good", "without-copyright"],
};

const judge = (test: { debian: boolean; files: string[] }) =>
  runLicenseTest(test, "rest", { image: { atRest } } as unknown as TestContext);

test("of Debian's packages those with a refused licence fail, and one that is quoted does not", async () => {
  expect((await judge({ debian: true, files: [] })).problems).toEqual([
    "/usr/share/doc/bad/copyright has a licence that is refused: AGPL",
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
