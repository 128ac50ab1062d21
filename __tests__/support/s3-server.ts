import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntilOpen } from "./wait-until-open.ts";

/** An S3 server that keeps objects in files, by Versity (Apache-2.0). */
const MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "golem-image-tests");
const PROGRAM = join(CACHE, "versitygw-1.8.0");

/**
 * The server's program: from $VERSITYGW, from an earlier run, or built by Go, which takes a minute.
 *
 * @returns undefined when there is none to be had
 */
export function findS3Server(): string | undefined {
  const { VERSITYGW } = process.env;
  if (VERSITYGW) return VERSITYGW;
  if (existsSync(PROGRAM)) return PROGRAM;
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, "build-"));
  try {
    const build = spawnSync("go", ["install", MODULE], {
      env: { ...process.env, GOBIN: directory, GOFLAGS: "-mod=mod" },
      cwd: directory,
      timeout: 300_000,
    });
    if (build.status !== 0) return undefined;
    renameSync(join(directory, "versitygw"), PROGRAM);
    return PROGRAM;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface S3Server {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The files of a bucket are below its name. */
  readonly directory: string;
  close(): Promise<void>;
}

/** @param port one that is free */
export async function startS3Server(program: string, port: number): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), "s3-server-"));
  const credentials = { ROOT_ACCESS_KEY: "test-user", ROOT_SECRET_KEY: "s3cret-key" };
  const child = spawn(program, ["--port", `127.0.0.1:${port}`, "--quiet", "posix", directory], {
    env: { ...process.env, ...credentials },
    stdio: "ignore",
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await waitUntilOpen(port);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    directory,
    environment: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: credentials.ROOT_ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: credentials.ROOT_SECRET_KEY,
    },
    close: async () => {
      child.kill("SIGKILL");
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
