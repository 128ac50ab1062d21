import type { FastifyInstance, FastifyRequest } from "fastify";
import * as v from "valibot";
import { PublishError } from "../../errors.ts";
import { type ImageTag, parseImageTag } from "../../publish/registry/image-tag.ts";
import { isDescriptorDigest } from "../descriptor.ts";
import type { ImageRepository } from "../image-repository.ts";
import { RequestError } from "../request-error.ts";
import { FailureLimit } from "../users/failure-limit.ts";
import type { Users } from "../users/user-directory.ts";
import { readForm } from "./read-form.ts";

const Login = v.object({
  username: v.pipe(v.string(), v.maxLength(200)),
  password: v.pipe(v.string(), v.maxLength(1000)),
});

const MAX_FAILURES_PER_MINUTE = 10;

/** What users do with their tokens: check them, and give images names. */
export function addUserRoutes(
  app: FastifyInstance,
  repository: ImageRepository,
  users: Users,
): void {
  const failures = new FailureLimit(MAX_FAILURES_PER_MINUTE);

  async function assertUser(request: FastifyRequest, user: string, token: string): Promise<void> {
    const isRight = await failures.attempt(request.ip, () => users.verify(user, token));
    if (!isRight) throw new RequestError(401, "The user or the token is wrong.");
  }

  app.post("/auth/pat/login", { bodyLimit: 8192 }, async (request, reply) => {
    const login = v.safeParse(Login, request.body);
    if (!login.success) throw new RequestError(400, "Expected a username and a password.");
    await assertUser(request, login.output.username, login.output.password);
    return reply.type("text/plain").send("ok");
  });

  app.post<{ Params: { digest: string } }>(
    "/v1/image/descr/attach/:digest",
    async (request, reply) => {
      const { digest } = request.params;
      const fields = await readForm(request.raw, 0);
      const field = (name: string) => fields.get(name) ?? "";
      await assertUser(request, field("login"), field("token"));
      const tag = readTag(`${field("username")}/${field("repository")}:${field("tag")}`);
      if (tag.user !== field("login")) {
        throw new RequestError(403, `${field("login")} cannot name images of ${tag.user}.`);
      }
      if (!isDescriptorDigest(digest)) throw new RequestError(404, "There is no such image.");
      await repository.attach(digest, tag, field("check") === "true");
      return reply.type("text/plain").send("ok");
    },
  );
}

/** @throws {RequestError} 400 */
export function readTag(text: string): ImageTag {
  try {
    return parseImageTag(text);
  } catch (error) {
    if (error instanceof PublishError) throw new RequestError(400, error.message);
    throw error;
  }
}
