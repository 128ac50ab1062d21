// Needs QEMU and busybox-static. Cancels a step as the runner does, gently and not, and looks at what is left.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ActionRun, ActionRunner } from "../support/run-action.ts";
import { makeTestImage, type TestImage } from "../support/test-image.ts";

// Short: below it there are sockets, whose paths hold 107 bytes.
const directory = mkdtempSync(join(tmpdir(), "gi-c-"));
const runner = new ActionRunner(directory);
let image: TestImage;

beforeAll(async () => {
  await runner.build("test");
  image = await makeTestImage();
});

afterAll(async () => {
  await image.remove();
  rmSync(directory, { recursive: true, force: true });
  rmSync(runner.bundleDirectory, { recursive: true, force: true });
});

/** Starts the step and sends it a signal as soon as its VM is there. */
function cancel(signal: NodeJS.Signals): Promise<ActionRun> {
  const inputs = { gvmi: image.path, profile: "documented", runtime: "system", accelerator: "tcg" };
  let timer: NodeJS.Timeout | undefined;
  return runner
    .run("test", inputs, {
      onLog: (log, kill) => {
        if (timer !== undefined || !log.includes("runtime system")) return;
        timer = setInterval(() => {
          if (machines().length > 0) kill(signal);
        }, 20);
      },
    })
    .finally(() => clearInterval(timer));
}

/** Processes whose command lines name the runner's temporary directory. */
function machines(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /qemu/.test(commandLine) && commandLine.includes(`${runner.temporary}/gi-test-`);
    } catch {
      return false;
    }
  });
}

const leftovers = () => readdirSync(runner.temporary).filter((name) => name.startsWith("gi-test-"));

test("a step that is told to end takes its VM with it, and the post step the rest", async () => {
  const cancelled = await cancel("SIGINT");
  expect(cancelled.exitCode).toBe(1);
  expect(cancelled.annotations).toMatchObject([
    { level: "error", message: expect.stringContaining("Interrupted by SIGINT.") },
  ]);
  expect(machines()).toEqual([]);
  const post = await runner.run("test", {}, { state: cancelled.state });
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(leftovers()).toEqual([]);
});

test("the post step ends what a killed step left behind, and removes its files", async () => {
  const killed = await cancel("SIGKILL");
  expect(killed.exitCode).toBe(137);
  expect(leftovers()).toHaveLength(1);
  const post = await runner.run("test", {}, { state: killed.state });
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(machines()).toEqual([]);
  expect(leftovers()).toEqual([]);
});

test("the post step touches nothing that its own step did not make", async () => {
  const post = await runner.run(
    "test",
    {},
    { state: { "is-post": "true", "temporary-directory": directory } },
  );
  expect(post.exitCode).toBe(0);
  expect(readdirSync(directory)).toContain("work space");
});
