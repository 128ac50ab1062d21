import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntilOpen } from "./wait-until-open.ts";

/** A WebDAV server in Python (MIT). */
const PACKAGES = ["wsgidav==4.3.3", "cheroot==11.1.2"];
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "golem-image-tests");
const LIBRARY = join(CACHE, "wsgidav-4.3.3");

/** @returns where the server's packages are, which pip gets at the first run; undefined when it cannot */
export function findDavServer(): string | undefined {
  if (existsSync(LIBRARY)) return LIBRARY;
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, "pip-"));
  const pip = ["-m", "pip", "install", "--quiet", "--target", directory, ...PACKAGES];
  if (spawnSync("python3", pip, { timeout: 180_000 }).status !== 0) {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  renameSync(directory, LIBRARY);
  return LIBRARY;
}

export interface DavServer {
  /** Where `alice` with the password `s3cret-token` can write. */
  readonly uploads: string;
  /** Where everyone can read the same files. */
  readonly downloads: string;
  readonly origin: string;
  readonly directory: string;
  close(): Promise<void>;
}

/** @param port one that is free */
export async function startDavServer(library: string, port: number): Promise<DavServer> {
  const directory = mkdtempSync(join(tmpdir(), "dav-"));
  const root = join(directory, "files");
  mkdirSync(root);
  const configuration = join(directory, "dav.json");
  writeFileSync(
    configuration,
    JSON.stringify({
      host: "127.0.0.1",
      port,
      server: "cheroot",
      provider_mapping: { "/uploads": root, "/downloads": { root, readonly: true } },
      http_authenticator: {
        accept_basic: true,
        accept_digest: false,
        default_to_digest: false,
      },
      simple_dc: {
        user_mapping: { "/uploads": { alice: { password: "s3cret-token" } }, "/downloads": true },
      },
    }),
  );
  const script = "from wsgidav.server.server_cli import run; run()";
  const child: ChildProcess = spawn("python3", ["-c", script, "-c", configuration, "-q"], {
    env: { ...process.env, PYTHONPATH: library },
    stdio: "ignore",
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await waitUntilOpen(port);
  const origin = `http://127.0.0.1:${port}`;
  return {
    ...{ origin, directory: root },
    uploads: `${origin}/uploads/`,
    downloads: `${origin}/downloads/`,
    close: async () => {
      child.kill("SIGKILL");
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
