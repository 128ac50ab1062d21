import { imageLimits } from "../../src/pipeline/conversion-settings.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { overrideSettings, type SettingOverrides } from "../../src/settings/override-settings.ts";
import type { RuntimeRequest } from "../../src/vm/runtimes/request.ts";

const FILE = {
  name: "ya-runtime-vm",
  version: "v0.5.1",
  sha256: "aa",
  mirror: "https://m/",
} as const;

/** The runtime that comes of the file's and of what the command line says. */
async function runtimeFor(file: RuntimeRequest, options: SettingOverrides) {
  const { settings } = await loadSettings("/nowhere");
  const { vm } = overrideSettings({ ...settings, vm: { ...settings.vm, runtime: file } }, options);
  return JSON.parse(JSON.stringify(vm.runtime));
}

test.each<[string, SettingOverrides, Partial<RuntimeRequest>]>([
  ["nothing", {}, FILE],
  ["another runtime", { runtime: "system" }, { ...FILE, name: "system" }],
  ["a digest", { runtimeSha256: "bb" }, { ...FILE, sha256: "bb" }],
  [
    "another version, which has another digest",
    { runtimeVersion: "v0.4.2" },
    { name: "ya-runtime-vm", version: "v0.4.2", mirror: "https://m/" },
  ],
  [
    "another place, which has another tarball",
    { runtimePath: "a.tar.gz" },
    { name: "ya-runtime-vm", version: "v0.5.1", path: "a.tar.gz" },
  ],
])(
  "the command line changes of the file's runtime what it says: %s",
  async (_case, options, expected) => {
    expect(await runtimeFor(FILE, options)).toEqual(expected);
  },
);

test.each<[SettingOverrides, RuntimeRequest["name"]]>([
  [{ runtimePath: "x" }, "ya-runtime-vm"],
  [{ runtimeUrl: "https://x/" }, "ya-runtime-vm"],
  [{ runtimePath: "x", runtime: "auto" }, "auto"],
  [{ runtimeVersion: "v0.5.1" }, "auto"],
  [{ runtimeMirror: "https://x/" }, "auto"],
])("who gives the place of one bundle wants that one: %j", async (options, name) => {
  expect(await runtimeFor({ name: "auto" }, options)).toMatchObject({ name });
});

test("limits of the command line stand before those of the file", async () => {
  const { settings } = await loadSettings("/nowhere");
  const limits = { uncompressed: 100, entries: 5 };
  const { convert } = overrideSettings(
    { ...settings, convert: { ...settings.convert, limits } },
    { maxUncompressed: 200, maxMetadata: 3 },
  );
  expect(convert.limits).toEqual({ uncompressed: 200, entries: 5, metadata: 3 });
  expect(imageLimits(convert.limits)).toEqual({
    uncompressedBytes: 200 * 2 ** 20,
    entries: 5,
    metadataBytes: 3 * 2 ** 20,
  });
});
