// Needs python3.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usageSnippets } from "../../../src/publish/snippets/usage-snippets.ts";

const hash = "06aa5c957a256ce91b3db10862fb3b5bbc77f2b621a57dba88ad0167";
const registry = `https://registry.golem.network/download/${hash}`;
const hostile = new URL(`https://example.org/it's/"\\'''/{x}.gvmi`).href;

/** Stands for yapapi, and says what `vm.repo` was called with. */
const CALL = `
import asyncio, json, sys, types
class vm:
    async def repo(**parameters):
        return parameters
sys.modules["yapapi"] = types.ModuleType("yapapi")
sys.modules["yapapi.payload"] = types.ModuleType("yapapi.payload")
sys.modules["yapapi.payload"].vm = vm
names = {}
exec(open(sys.argv[1]).read(), names)
print(json.dumps(asyncio.run(names["get_payload"]())))
`;

test.each([
  [{ hash, url: registry, tag: "alice/hello:1.0" }, { image_tag: "alice/hello:1.0" }],
  [{ hash, url: registry }, { image_hash: hash }],
  [
    { hash, url: hostile },
    { image_hash: hash, image_url: hostile },
  ],
])("yapapi's snippet compiles, and asks for %j", (image, parameters) => {
  const directory = mkdtempSync(join(tmpdir(), "snippet-"));
  try {
    const path = join(directory, "payload.py");
    const snippet = usageSnippets(image).find(({ consumer }) => consumer === "yapapi");
    writeFileSync(path, snippet?.code ?? "");
    const compiled = spawnSync("python3", ["-m", "py_compile", path], { encoding: "utf8" });
    expect(compiled.stderr).toBe("");
    expect(compiled.status).toBe(0);
    const called = spawnSync("python3", ["-c", CALL, path], { encoding: "utf8" });
    expect(JSON.parse(called.stdout)).toEqual(parameters);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
