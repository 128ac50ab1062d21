import { parseVolumes } from "../../src/gvmi/volumes.ts";

const parse = (...paths: string[]) =>
  parseVolumes({ Volumes: Object.fromEntries(paths.map((path) => [path, {}])) });

test("volumes are sorted, each once, without a slash at their end", () => {
  expect(parse("/golem/work/", "/golem/input", "/golem//work", "/with space")).toEqual({
    ok: true,
    volumes: ["/golem/input", "/golem/work", "/with space"],
  });
  expect(parseVolumes({})).toEqual({ ok: true, volumes: [] });
});

test.each([
  ["data", "not an absolute path"],
  ["", "not an absolute path"],
  ["/", "the root directory"],
  ["//.", "the root directory"],
  ["/a/../b", '".."'],
  ["/a,b", "a comma"],
  ["/a\nb", "a control character"],
  ["/a\0b", "a control character"],
  ["/a\u0085b", "a control character"],
  ["/a\ud800", "Unicode"],
  [`/${"a".repeat(5000)}`, "longer"],
])("the volume %j is refused by name", (path, reason) => {
  const result = parse("/fine", path);
  expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(reason) });
  expect(result).toMatchObject({ problem: expect.stringContaining(JSON.stringify(path)) });
});
