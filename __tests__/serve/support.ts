import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type RunningRepository,
  type ServeOptions,
  serveRepository,
} from "../../src/serve/serve-repository.ts";
import { addUser } from "../../src/serve/users/users-file.ts";
import { useDirectory } from "../publish/image-file.ts";

export const CHUNK_BYTES = 1000;

/** Served repositories of one test, each in a directory, which are closed behind it. */
export function useServer() {
  const directory = useDirectory();
  const running = new Set<RunningRepository>();
  afterEach(async () => {
    for (const server of running) await server.close();
    running.clear();
  });
  return {
    get directory() {
      return directory.path;
    },
    /** Serves the same directory again after a `stop`. */
    start: async (options: Partial<ServeOptions> = {}) => {
      const store = options.directory ?? join(directory.path, "store");
      const server = await serveRepository({ port: 0, ...options, directory: store });
      running.add(server);
      return server;
    },
    stop: async (server: RunningRepository) => {
      running.delete(server);
      await server.close();
    },
    /** @returns the user's token */
    addUser: (user: string) => addUser(join(directory.path, "store", "users"), user),
  };
}

/** Multipart forms as a client sends them. */
export async function post(
  url: string,
  fields: Readonly<Record<string, string>>,
  file?: Uint8Array,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file) form.set("file", new Blob([file]), "descriptor.txt");
  return await fetch(url, { method: "POST", body: form });
}

/** Every file below a directory with its contents, apart from the users. */
export function filesOf(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(directory, name);
    if (name !== "users" && statSync(path).isFile()) files[name] = readFileSync(path, "base64");
  }
  return files;
}
