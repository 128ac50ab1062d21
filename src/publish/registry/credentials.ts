import { inspect } from "node:util";
import { PublishError } from "../../errors.ts";

/** Who publishes to a registry. Printing one shows the user alone. */
export class Credentials {
  readonly #token: string;

  /** @throws {PublishError} when one of them is missing, or cannot be sent as it is */
  constructor(
    readonly user: string,
    token: string,
  ) {
    if (user === "" || token === "") {
      const missing = user === "" ? "REGISTRY_USER" : "REGISTRY_TOKEN";
      throw new PublishError(
        `A tag is published with a user and a token, and ${missing} is not set.`,
        {
          hint: "Set REGISTRY_USER and REGISTRY_TOKEN in the environment, or leave out --tag to publish anonymously.",
        },
      );
    }
    if (/\p{Cc}/u.test(user + token)) {
      throw new PublishError("REGISTRY_USER or REGISTRY_TOKEN has control characters in it.", {
        hint: "Check for a line break at the end.",
      });
    }
    this.#token = token;
  }

  /** A personal access token of the registry. */
  get token(): string {
    return this.#token;
  }

  /** A text without the token, in whichever form a server may repeat it. */
  redact(text: string): string {
    const token = this.#token;
    const forms = [
      token,
      encodeURIComponent(token),
      JSON.stringify(token).slice(1, -1),
      Buffer.from(token).toString("base64"),
      Buffer.from(`${this.user}:${token}`).toString("base64"),
    ];
    return forms.reduce((result, form) => result.replaceAll(form, "***"), text);
  }

  toJSON(): object {
    return { user: this.user };
  }

  [inspect.custom](): string {
    return `Credentials(${this.user})`;
  }
}
