import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileView } from "../../src/checks/files/file-view.ts";
import { createCommand, execCommand } from "../../src/parity/docker-commands.ts";
import type { Probe } from "../../src/parity/probe.ts";
import { probesFor } from "../../src/parity/probes.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

/** Asks this machine. */
function ask({ script, args }: Probe, environment: NodeJS.ProcessEnv = {}): string {
  const options = { env: environment, encoding: "utf8" } as const;
  return execFileSync("/bin/sh", ["-c", script, "sh", ...args], options)
    .replaceAll(/\s+/g, " ")
    .trim();
}

const filesIn = (lists: Readonly<Record<string, string[]>>): FileView => ({
  find: async () => undefined,
  follow: async () => undefined,
  read: async (path) => ({ problem: `${path} does not exist` }),
  list: async (path) => lists[path] ?? [],
});

const image = { env: [], volumes: [], entrypoint: [], cmd: [], workingDirectory: "/" };

async function probe(id: string, gvmi: Partial<typeof image> | object, atRest?: FileView) {
  const probes = await probesFor({ gvmi: { ...image, ...gvmi }, atRest });
  const found = probes.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`There is no question ${id}.`);
  return found;
}

test("a shell that gets variables names them, one that gets none says so", async () => {
  const question = await probe("environment", { env: ["PATH=/bin", "GREETING=Hello  World"] });
  expect(question.expected).toBe("PATH GREETING");
  expect(ask(question, { PATH: "/bin", GREETING: "Hello World" })).toBe("PATH GREETING");
  expect(ask(question, { GREETING: "Hello" })).toBe("GREETING");
  expect(ask(question)).toBe("none");
});

test("a volume's contents are listed as the image at rest has them", async () => {
  await withTemporaryDirectory(async (directory) => {
    const names = [".hidden", "a", "b", "c", "d", "e e"];
    for (const name of names) writeFileSync(join(directory, name), "");
    // The directory below is there, too.
    const empty = join(directory, "empty");
    mkdirSync(empty);
    const full = await probe(
      `contents:${directory}`,
      { volumes: [directory] },
      filesIn({ [directory]: names }),
    );
    expect(full.expected).toBe(".hidden a b c d and 1 more");
    expect(ask(full)).toBe(".hidden a b c d and 2 more");
    expect(ask({ ...full, args: [empty] })).toBe("(empty)");
    expect(ask({ ...full, args: [`${directory}/absent`] })).toBe("no such directory");
  });
});

test("what a file system can do is found out with the programs that there are", async () => {
  await withTemporaryDirectory(async (directory) => {
    const answers = async (id: string, path = process.env.PATH) =>
      ask(await probe(`volume:${id}`, { volumes: [directory] }), { PATH: path });
    for (const id of ["hard-links", "symbolic-links", "unlinked-files", "locks", "fifos"]) {
      expect([id, await answers(id)]).toEqual([id, "works"]);
    }
    expect(await answers("hard-links", "/nowhere")).toBe("not tried: the image has no ln");
    // It exists by now.
    expect(await answers("hard-links")).toBe("fails");
  });
});

test("containers run nothing of the image, and commands get no terminal and no stdin", () => {
  expect(createCommand("image:tag", "name", "/waits").args).toEqual([
    ...["create", "--name", "name", "--pull=never", "--entrypoint", "/waits", "image:tag"],
  ]);
  const argv = ["/bin/x", "--user", "a b"] as const;
  expect(execCommand("name", { argv }).args).toEqual(["exec", "name", ...argv]);
  const options = { argv, directory: "/work", user: { uid: 1, gid: 2 } };
  expect(execCommand("name", options).args).toEqual([
    ...["exec", "--user", "1:2", "--workdir", "/work", "name", ...argv],
  ]);
});
