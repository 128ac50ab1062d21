// Needs python3 with pip, and PyPI, for the official client; without it those tests are skipped.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { PublishFile } from "../../src/publish/publish-target.ts";
import { sha3, testBytes, useDirectory, writeImage } from "../publish/image-file.ts";
import { publishTo } from "../publish/registry/support.ts";
import { bundleCli, type CliOptions, golemImageOf } from "../support/cli.ts";
import { describeWithGvmkitBuild, gvmkitBuild } from "../support/gvmkit-build.ts";
import { filesOf } from "./support.ts";

const MEBIBYTE = 1024 ** 2;
const SMALL_CHUNK = 256 * 1024;
const CHUNKS = 60;

const directory = useDirectory();
const running = new Set<Serving>();
let program: string;
let golemImage: (
  args: string[],
  options?: CliOptions,
) => ReturnType<ReturnType<typeof golemImageOf>>;

beforeAll(async () => {
  program = await bundleCli();
  golemImage = golemImageOf(program);
});

afterEach(async () => {
  for (const serving of running) await serving.end("SIGKILL");
});

/** The program as it serves, in a process of its own. */
class Serving {
  url = "";
  private readonly ended: Promise<unknown[]>;

  private constructor(
    private readonly child: ChildProcessByStdio<null, Readable, Readable>,
    onLog: (line: Record<string, unknown>) => void,
  ) {
    this.ended = once(child, "close");
    createInterface(child.stderr).on("line", (line) => onLog(JSON.parse(line)));
    running.add(this);
  }

  static async start(
    args: readonly string[],
    onLog: (line: Record<string, unknown>, kill: () => void) => void = () => {},
  ): Promise<Serving> {
    const child = spawn(process.execPath, [program, "serve", ...args, "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const serving = new Serving(child, (line) => onLog(line, () => child.kill("SIGKILL")));
    const [line] = await once(createInterface(child.stdout), "line");
    serving.url = JSON.parse(line).url;
    return serving;
  }

  /** @returns the exit code, null after a signal */
  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.child.kill(signal);
    const [code] = await this.ended;
    running.delete(this);
    return code;
  }

  async hasEnded(): Promise<void> {
    await this.ended;
    running.delete(this);
  }
}

const storeOf = (name: string) => join(directory.path, name);

function newImage(size = 5 * MEBIBYTE + 17) {
  return writeImage(join(directory.path, "image.gvmi"), testBytes(size));
}

async function addUser(store: string): Promise<string> {
  const { stdout } = await golemImage(["serve", store, "--add-user", "alice", "--json"]);
  return JSON.parse(stdout).token;
}

it("serves until it is told to end, which is no failure, and keeps what it was sent", async () => {
  const file = newImage();
  const first = await Serving.start([storeOf("a"), "--port", "0"]);
  await publishTo({ environment: { REGISTRY_URL: first.url } }, file, {});
  expect(await first.end("SIGTERM")).toBe(0);

  const second = await Serving.start([storeOf("a"), "--port", "0"]);
  const answer = await fetch(`${second.url}/v1/image/info?hash=${file.hash}`);
  const { http } = (await answer.json()) as { http: string };
  expect(sha3(Buffer.from(await (await fetch(http)).arrayBuffer()))).toBe(file.hash);
  expect(await second.end("SIGINT")).toBe(0);
});

it("says that a port is taken", async () => {
  const { url } = await Serving.start([storeOf("a"), "--port", "0"]);
  const { port } = new URL(url);
  const { exitCode, stderr } = await golemImage(["serve", storeOf("b"), "--port", port]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(`port ${port}`);
});

it("keeps no token that could be read", async () => {
  const token = await addUser(storeOf("a"));
  const kept = readFileSync(join(storeOf("a"), "users"), "utf8");
  expect(kept).toMatch(/^alice:scrypt\$/);
  expect(kept).not.toContain(token);
});

/**
 * Kills the server as soon as it has a chunk, and expects that a second run sends the others alone.
 *
 * @param push tells whether it succeeded
 */
async function expectToResume(push: (file: PublishFile, url: string) => Promise<boolean>) {
  const bytes = testBytes(CHUNKS * SMALL_CHUNK);
  const file = writeImage(join(directory.path, "image.gvmi"), bytes, "hello", SMALL_CHUNK);
  const isChunk = (line: Record<string, unknown>) => line.url === "/v1/image/push/chunk";
  const first = await Serving.start([storeOf("a"), "--port", "0"], (line, kill) => {
    if (isChunk(line)) kill();
  });
  expect(await push(file, first.url)).toBe(false);
  await first.hasEnded();
  const kept = Object.keys(filesOf(storeOf("a"))).filter((name) => name.includes("/chunks/"));
  expect(kept.length).toBeGreaterThan(0);

  let sentAgain = 0;
  const { port } = new URL(first.url);
  const second = await Serving.start([storeOf("a"), "--port", port], (line) => {
    if (isChunk(line)) sentAgain += 1;
  });
  expect(await push(file, second.url)).toBe(true);
  const info = await fetch(`${second.url}/v1/image/info?hash=${file.hash}`);
  expect(await info.json()).toMatchObject({ sha3: file.hash });
  await second.end("SIGTERM");
  expect(sentAgain).toBe(CHUNKS - kept.length);
}

it("lets our client resume after it was killed half-way", async () => {
  await expectToResume((file, url) =>
    publishTo({ environment: { REGISTRY_URL: url } }, file, {}).then(
      () => true,
      () => false,
    ),
  );
});

describeWithGvmkitBuild("gvmkit-build", () => {
  it("pushes anonymously, and leaves what our client leaves", async () => {
    const file = newImage();
    const theirs = await Serving.start([storeOf("a"), "--port", "0"]);
    const args = ["--direct-file-upload", file.path, "--push", "--nologin"];
    expect(await gvmkitBuild(args, theirs)).toMatchObject({ exitCode: 0 });
    const ours = await Serving.start([storeOf("b"), "--port", "0"]);
    await publishTo({ environment: { REGISTRY_URL: ours.url } }, file, {});

    const info = await (await fetch(`${theirs.url}/v1/image/info?hash=${file.hash}`)).json();
    expect(info).toMatchObject({ sha3: file.hash, size: file.size });
    expect(filesOf(storeOf("a"))).toEqual(filesOf(storeOf("b")));
  });

  it("pushes to a tag with a token, and leaves what our client leaves", async () => {
    const file = newImage();
    const push = ["--direct-file-upload", file.path, "--push-to", "alice/hello:1.0"];
    const token = await addUser(storeOf("a"));
    const theirs = await Serving.start([storeOf("a"), "--port", "0", "--no-anonymous"]);
    const refused = await gvmkitBuild(push, { ...theirs, user: "alice", token: "wrong" });
    expect(refused.exitCode).not.toBe(0);
    const pushed = await gvmkitBuild(push, { ...theirs, user: "alice", token });
    expect(pushed).toMatchObject({ exitCode: 0 });
    const info = await fetch(`${theirs.url}/v1/image/info?count=true&tag=alice/hello:1.0`);
    expect(await info.json()).toMatchObject({ sha3: file.hash, size: file.size });

    const ownToken = await addUser(storeOf("b"));
    const ours = await Serving.start([storeOf("b"), "--port", "0", "--no-anonymous"]);
    const environment = {
      REGISTRY_URL: ours.url,
      REGISTRY_USER: "alice",
      REGISTRY_TOKEN: ownToken,
    };
    await publishTo({ environment, tags: ["alice/hello:1.0"] }, file, {});
    expect(filesOf(storeOf("a"))).toEqual(filesOf(storeOf("b")));
  });

  it("resumes after the server was killed half-way", async () => {
    await expectToResume(async (file, url) => {
      const push = ["--direct-file-upload", file.path, "--push", "--nologin"];
      const parts = ["--upload-workers", "1", "--upload-chunk-size", `${SMALL_CHUNK}`];
      return (await gvmkitBuild([...push, ...parts], { url })).exitCode === 0;
    });
  });
});
