import rateLimit from "@fastify/rate-limit";
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { ImageRepository } from "../image-repository.ts";
import { addPageRoutes } from "../page/page-routes.ts";
import { RequestError } from "../request-error.ts";
import { NoRoomError } from "../store/object-store.ts";
import type { Users } from "../users/user-directory.ts";
import { addDownloadRoutes } from "./download-routes.ts";
import { endSlowBody, type LeastRate } from "./end-slow-body.ts";
import { addPushRoutes } from "./push-routes.ts";
import { addUserRoutes } from "./user-routes.ts";

/** A connection on which nothing moves for so long is closed, in milliseconds. */
const IDLE_MS = 60_000;
const MAX_CONNECTIONS = 1000;

export interface AppSettings {
  readonly users: Users;
  /** Where others reach the server; where each request says that it did, when absent. */
  readonly address?: URL | undefined;
  readonly chunkBytes: number;
  /** Of one address. */
  readonly requestsPerMinute: number;
  /** Whether one proxy in front says where requests come from (X-Forwarded-For, -Proto, -Host). */
  readonly trustsProxy: boolean;
  /** How fast bodies have to come; a kibibyte per second when absent. */
  readonly leastRate?: LeastRate;
  /** Where a line of JSON is written for each request; nowhere when absent. */
  readonly log?: { write(line: string): void } | undefined;
}

/** The repository's web server, which does not listen yet. */
export async function createApp(
  repository: ImageRepository,
  settings: AppSettings,
): Promise<FastifyInstance> {
  const { log, address, users, chunkBytes, requestsPerMinute, trustsProxy, leastRate } = settings;
  const app: FastifyInstance = fastify({
    logger: log ? { stream: log, base: null, timestamp: isoTime } : false,
    // One line for each request is written below.
    logController: new LogController({ disableRequestLogging: true }),
    // The last address of X-Forwarded-For is the proxy's word, those before it may be the sender's.
    trustProxy: trustsProxy ? (_address, hop) => hop === 0 : false,
    bodyLimit: 64 * 1024,
    connectionTimeout: IDLE_MS,
    // A large chunk over a slow line takes long; that it moves is what counts.
    requestTimeout: 0,
    forceCloseConnections: "idle",
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // Forms are read by the routes, while they arrive.
  app.addContentTypeParser("multipart/form-data", (_request, _body, done) => done(null));
  app.addHook("onRequest", async (request, reply) => {
    if (!request.raw.complete) reply.raw.once("close", endSlowBody(request.raw, leastRate));
  });
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(describeRequest(request, reply), "answered");
  });
  app.addHook("onSend", async (_request, reply) => {
    reply.header("x-content-type-options", "nosniff");
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, text, retryAfter } = explain(error, request.log);
    if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
    return reply.code(status).type("text/plain; charset=utf-8").send(`${text}\n`);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type("text/plain; charset=utf-8").send("There is nothing here.\n"),
  );
  await app.register(rateLimit, { max: requestsPerMinute, timeWindow: "1 minute" });
  app.get("/healthz", async () => "ok");
  addPushRoutes(app, repository, { chunkBytes });
  addUserRoutes(app, repository, users);
  addDownloadRoutes(app, repository, address);
  addPageRoutes(app, repository, address);
  return app;
}

const isoTime = () => `,"time":"${new Date().toISOString()}"`;

function describeRequest(request: FastifyRequest, reply: FastifyReply): object {
  return {
    method: request.method,
    url: request.url.slice(0, 500),
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime),
    address: request.ip,
  };
}

/** What the sender is told; what went wrong inside is for the log alone. */
function explain(error: FastifyError, log: FastifyBaseLogger) {
  if (error instanceof RequestError) {
    return { status: error.statusCode, text: error.message, retryAfter: error.retryAfter };
  }
  if (error instanceof NoRoomError) return { status: 507, text: error.message };
  const { statusCode = 500 } = error;
  if (statusCode < 500) return { status: statusCode, text: error.message };
  log.error({ error: { message: error.message, stack: error.stack } }, "failed");
  return { status: 500, text: "The server failed. Its log says why." };
}
