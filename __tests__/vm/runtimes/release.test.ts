import {
  knownVmrtDigest,
  profileOfVersion,
  releaseUrl,
  versionIn,
} from "../../../src/vm/runtimes/release.ts";

test.each([
  ["v0.2.10", "v0.3"],
  ["v0.3.0", "v0.3"],
  ["v0.4.0", "v0.3"],
  ["v0.4.1", "v0.4"],
  ["0.4.2", "v0.4"],
  ["v0.5.0", "v0.5"],
  ["v0.5.3-rc1", "v0.5"],
  ["v1.0.0", "v0.5"],
  ["latest", undefined],
  [undefined, undefined],
])("the release %s behaves as %s", (version, profile) => {
  expect(profileOfVersion(version)).toBe(profile);
});

test.each([
  ["/a/ya-runtime-vm-linux-v0.5.2.tar.gz", "v0.5.2"],
  ["ya-runtime-vm-linux-v0.5.2/ya-runtime-vm/runtime", "v0.5.2"],
  ["ya-runtime-vm-linux-v0.5.3-rc1/", "v0.5.3-rc1"],
  ["ya-runtime-vm-linux-0.4.1", "0.4.1"],
  ["ya-runtime-vm.tar.gz", undefined],
])("%s holds the version %s", (text, version) => {
  expect(versionIn(text)).toBe(version);
});

test("a release is on GitHub or, in the same layout, on a mirror", () => {
  expect(releaseUrl("v0.5.2")).toBe(
    "https://github.com/golemfactory/ya-runtime-vm/releases/download/v0.5.2/ya-runtime-vm-linux-v0.5.2.tar.gz",
  );
  expect(releaseUrl("v0.5.2", "http://localhost/x//")).toBe(
    "http://localhost/x/v0.5.2/ya-runtime-vm-linux-v0.5.2.tar.gz",
  );
});

test("vmrt of 0.5.2 is known, with and without the v", () => {
  expect(knownVmrtDigest("v0.5.2")).toMatch(/^fd0527a1[0-9a-f]{56}$/);
  expect(knownVmrtDigest("0.5.2")).toBe(knownVmrtDigest("v0.5.2"));
  expect(knownVmrtDigest("v0.5.1")).toBeUndefined();
});
