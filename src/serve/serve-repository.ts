import { join } from "node:path";
import { MissingToolError } from "../errors.ts";
import { trackRequests } from "./http/close-server.ts";
import { createApp } from "./http/create-app.ts";
import { ImageRepository } from "./image-repository.ts";
import { DirectoryStore } from "./store/directory-store.ts";
import type { ObjectStore } from "./store/object-store.ts";
import { sweep } from "./sweep.ts";
import { UserDirectory, type Users } from "./users/user-directory.ts";

const GIB = 1024 ** 3;
const HOUR_MS = 60 * 60 * 1000;

/** How long transfers may take to end when the server is closed, in milliseconds. */
const CLOSE_MS = 10_000;

export const SERVE_DEFAULTS = {
  host: "127.0.0.1",
  port: 8080,
  /** Bytes. */
  imageBytes: 20 * GIB,
  storeBytes: 200 * GIB,
  chunkBytes: 256 * 1024 ** 2,
  requestsPerMinute: 6000,
  /** Milliseconds after which images without a tag are removed. */
  expiryMs: 7 * 24 * HOUR_MS,
} as const;

export interface ServeOptions {
  /** Where everything is kept; made when it is missing. */
  readonly directory: string;
  readonly host?: string;
  /** 0 for one that is free. */
  readonly port?: number;
  /** What others reach the server at, when a proxy is in front of it. */
  readonly address?: URL;
  /** The file of users, or who else knows them; `users` in the directory when absent. */
  readonly users?: string | Users;
  /** Another place for images than the directory, which then holds the users alone. */
  readonly store?: ObjectStore;
  /** True when absent. */
  readonly allowsAnonymous?: boolean;
  /** Whether a tag never leads to another image; false when absent. */
  readonly keepsTags?: boolean;
  /** Milliseconds; 0 keeps images without a tag. */
  readonly expiryMs?: number;
  readonly imageBytes?: number;
  readonly storeBytes?: number;
  readonly requestsPerMinute?: number;
  readonly trustsProxy?: boolean;
  /** Where lines of JSON are written; nowhere when absent. */
  readonly log?: { write(line: string): void };
}

export interface RunningRepository {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends when what is being transferred has ended, or after some seconds. Nothing that was taken is lost. */
  close(): Promise<void>;
}

/**
 * Serves an image repository that speaks the Golem registry's protocol.
 *
 * @throws {MissingToolError} when the address is taken or cannot be listened at, or the directory not be used
 * @throws {SettingsError} when the file of users is wrong
 */
export async function serveRepository(options: ServeOptions): Promise<RunningRepository> {
  const { directory, expiryMs = SERVE_DEFAULTS.expiryMs, log } = options;
  const users = await openUsers(options);
  const store = options.store ?? (await openDirectory(directory));
  const { imageBytes, storeBytes, chunkBytes, requestsPerMinute } = {
    ...SERVE_DEFAULTS,
    ...options,
  };
  const rules = {
    limits: { imageBytes, storeBytes },
    allowsAnonymous: options.allowsAnonymous ?? true,
    keepsTags: options.keepsTags ?? false,
  };
  const onFailure = (error: unknown) => app.log.error({ error: `${error}` }, "failed");
  const repository = new ImageRepository(store, rules, onFailure);
  await repository.space.measure();
  const app = await createApp(repository, {
    users,
    address: options.address,
    chunkBytes,
    requestsPerMinute,
    trustsProxy: options.trustsProxy ?? false,
    log,
  });
  const endConnections = trackRequests(app.server);
  const sweeper = new Sweeper(repository, expiryMs, onFailure, (removed) =>
    app.log.info({ removed }, "removed images without a tag"),
  );
  const close = async () => {
    await sweeper.close();
    const closed = endConnections(CLOSE_MS);
    await app.close();
    closed();
    await repository.close();
    store.close();
  };
  try {
    const { host = SERVE_DEFAULTS.host, port = SERVE_DEFAULTS.port } = options;
    const url = await listen(app, host, port);
    sweeper.start();
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDirectory(directory: string): Promise<ObjectStore> {
  try {
    return await DirectoryStore.open(directory);
  } catch (error) {
    throw new MissingToolError(`Cannot keep images in ${directory}: ${(error as Error).message}.`, {
      hint: "Choose a directory that you may write.",
      cause: error,
    });
  }
}

async function openUsers({ users, directory }: ServeOptions): Promise<Users> {
  if (typeof users === "object") return users;
  const file = new UserDirectory(users ?? join(directory, "users"));
  await file.load();
  return file;
}

async function listen(
  app: Awaited<ReturnType<typeof createApp>>,
  host: string,
  port: number,
): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: () => "listening" });
  } catch (error) {
    throw new MissingToolError(
      `Cannot listen at ${host}, port ${port}: ${(error as Error).message}.`,
      { hint: "Choose another port with --port; 0 takes one that is free.", cause: error },
    );
  }
  const address = app.server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
}

/** Removes what has expired at the start and from time to time, one round after the other. */
class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(
    private readonly repository: ImageRepository,
    private readonly expiryMs: number,
    private readonly onFailure: (error: unknown) => void,
    private readonly onRemoved: (digests: readonly string[]) => void,
  ) {}

  start(): void {
    if (this.expiryMs === 0) return;
    const round = () => {
      this.running = this.running.then(() => this.sweep());
    };
    round();
    this.timer = setInterval(round, Math.min(HOUR_MS, Math.max(1000, this.expiryMs / 4)));
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.ending.abort();
    await this.running;
  }

  private async sweep(): Promise<void> {
    try {
      const removed = await sweep(this.repository, this.expiryMs, Date.now, this.ending.signal);
      if (removed.length > 0) this.onRemoved(removed);
    } catch (error) {
      this.onFailure(error);
    }
  }
}
