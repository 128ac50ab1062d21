import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree, removeTreeSync } from "../../src/system/remove-tree.ts";

const NOBODY = 65534;

let directory: string;
let tree: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "remove-"));
  tree = join(directory, "tree");
  mkdirSync(tree);
});
afterEach(() => execFileSync("rm", ["-rf", directory]));

/** Root may do everything: under root, `body` runs as the owner of the test's directory that is not. */
async function asOrdinaryUser(body: () => Promise<void>): Promise<void> {
  const { seteuid } = process;
  if (process.geteuid?.() !== 0 || !seteuid) return body();
  execFileSync("chown", ["-R", String(NOBODY), directory]);
  seteuid(NOBODY);
  try {
    await body();
  } finally {
    seteuid(0);
  }
}

describe.each([
  ["removeTree", removeTree],
  ["removeTreeSync", async (path: string) => removeTreeSync(path)],
])("%s", (_, remove) => {
  test("removes directories that are deeper than a path may be long", async () => {
    const name = "d".repeat(200);
    // 30 levels of 201 bytes are more than PATH_MAX.
    const script = `cd "$1" && for i in $(seq 30); do mkdir ${name} && cd -P ${name} || exit 1; done; touch file`;
    execFileSync("bash", ["-c", script, "bash", tree]);
    await remove(tree);
    expect(existsSync(tree)).toBe(false);
  });

  test("removes links, not what they lead to", async () => {
    const kept = join(directory, "kept");
    mkdirSync(kept);
    writeFileSync(join(kept, "file"), "");
    symlinkSync(kept, join(tree, "link"));
    await remove(tree);
    expect(existsSync(tree)).toBe(false);
    expect(existsSync(join(kept, "file"))).toBe(true);
  });

  test("removes directories without permissions, which their owner may do", async () => {
    mkdirSync(join(tree, "a/b/c"), { recursive: true });
    for (const path of ["a/b/c", "a/b", "a"]) chmodSync(join(tree, path), 0);
    await asOrdinaryUser(() => remove(tree));
    expect(existsSync(tree)).toBe(false);
  });

  test("something that is not there is no failure", async () => {
    await remove(join(directory, "missing"));
  });
});
