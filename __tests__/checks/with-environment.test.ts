import { execFileSync } from "node:child_process";
import type { FileView } from "../../src/checks/files/file-view.ts";
import { canSetVariables, withEnvironment } from "../../src/checks/with-environment.ts";

const filesWith = (...paths: string[]): FileView => ({
  find: async () => undefined,
  follow: async (path) =>
    paths.includes(path) ? { mode: 0o100755, uid: 0, gid: 0, size: 1 } : undefined,
  read: async (path) => ({ problem: `${path} does not exist` }),
  list: async () => [],
});

/** What a command sees that starts without any variables, on this machine. */
async function environmentOf(files: FileView, variables: Record<string, string>) {
  const wrapped = await withEnvironment(
    files,
    ["/usr/bin/env", "-0"],
    new Map(Object.entries(variables)),
  );
  if ("problem" in wrapped) return wrapped.problem;
  const [program, ...args] = wrapped.argv;
  const entries = execFileSync(program, args, { env: {}, encoding: "utf8" }).split("\0");
  return Object.fromEntries(entries.filter(Boolean).map((entry) => entry.split(/=(.*)/s, 2)));
}

const VALUES = { A: 'it\'s "mine"', B: "$A `x`\n", C_1: "" };

test.each([
  ["a shell", filesWith("/bin/sh"), "/bin/sh"],
  ["env", filesWith("/usr/bin/env"), "/usr/bin/env"],
  ["a shell, though there is env", filesWith("/bin/sh", "/usr/bin/env"), "/bin/sh"],
])("variables are set by %s", async (_, files, program) => {
  expect(await environmentOf(files, VALUES)).toMatchObject(VALUES);
  const wrapped = await withEnvironment(files, ["/x"], new Map([["A", "1"]]));
  expect("argv" in wrapped && wrapped.argv[0]).toBe(program);
});

test.each(["xpack.security", "my-var", "UID", "1ST"])(
  "what no shell can set, as %s, env sets",
  async (name) => {
    const both = filesWith("/bin/sh", "/usr/bin/env");
    expect(await environmentOf(both, { A: "1", [name]: "x y" })).toMatchObject({
      A: "1",
      [name]: "x y",
    });
    expect(await environmentOf(filesWith("/bin/sh"), { A: "1", [name]: "x" })).toBe(
      `no shell can set the variable ${name}, and the image has no env, which could`,
    );
  },
);

test("an image with neither can set none, and needs none for none", async () => {
  const neither = filesWith("/app");
  expect(await environmentOf(neither, { A: "1" })).toContain("has neither /bin/sh nor env");
  expect(await withEnvironment(neither, ["/app"], new Map())).toEqual({ argv: ["/app"] });
  expect(await canSetVariables(neither)).toBe(false);
  expect(await canSetVariables(filesWith("/bin/env"))).toBe(true);
});
