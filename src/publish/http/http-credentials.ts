import { inspect } from "node:util";
import { PublishError } from "../../errors.ts";
import { assertSafeForSecrets } from "../assert-safe-for-secrets.ts";

/**
 * The `Authorization` of uploads: a bearer token (`PUBLISH_HTTP_TOKEN`), or a user and a password
 * (`PUBLISH_HTTP_USER`, `PUBLISH_HTTP_PASSWORD`). Where images are published to may stand in a checkout, so
 * `PUBLISH_HTTP_ORIGIN` says who may see them. Printing one shows nothing.
 */
export class HttpCredentials {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];

  /**
   * @throws {PublishError} when they are incomplete, or not for this server
   * @throws {TransferError} `insecure`
   */
  constructor(environment: NodeJS.ProcessEnv, server: URL) {
    const user = environment.PUBLISH_HTTP_USER ?? "";
    const password = environment.PUBLISH_HTTP_PASSWORD ?? "";
    const token = environment.PUBLISH_HTTP_TOKEN ?? "";
    if (user + password + token === "") {
      this.#headers = {};
      this.#secrets = [];
      return;
    }
    if (token !== "" ? user + password !== "" : user === "" || password === "") {
      throw new PublishError("The credentials for HTTP uploads are not one of two kinds.", {
        hint: "Set PUBLISH_HTTP_USER and PUBLISH_HTTP_PASSWORD, or PUBLISH_HTTP_TOKEN alone.",
      });
    }
    if (/[^\x20-\x7e]/.test(token) || /\p{Cc}/u.test(user + password) || user.includes(":")) {
      throw new PublishError("The credentials for HTTP uploads cannot be sent as they are.", {
        hint: "Check for a line break at the end, and for a colon in the user's name.",
      });
    }
    assertMeantFor(server, environment.PUBLISH_HTTP_ORIGIN ?? "");
    assertSafeForSecrets(server, "the target");
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    this.#headers = { authorization: token === "" ? `Basic ${basic}` : `Bearer ${token}` };
    this.#secrets = token === "" ? [password, basic] : [token];
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** A text without the secrets, which a server may repeat. */
  redact(text: string): string {
    return this.#secrets
      .flatMap((secret) => [secret, encodeURIComponent(secret)])
      .reduce((result, secret) => result.replaceAll(secret, "***"), text);
  }

  toJSON(): object {
    return {};
  }

  [inspect.custom](): string {
    return "HttpCredentials";
  }
}

function assertMeantFor(server: URL, origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === server.origin) return;
  const found = origin === "" ? "is not set" : `is ${origin}`;
  throw new PublishError(
    `The credentials for HTTP uploads are not sent to ${server.origin}: PUBLISH_HTTP_ORIGIN ${found}.`,
    {
      hint: `Set PUBLISH_HTTP_ORIGIN=${server.origin} if that server may see them.`,
    },
  );
}
