import { inspect } from "node:util";
import { PublishError } from "../../errors.ts";
import { assertSafeForSecrets } from "../assert-safe-for-secrets.ts";
import { TransferError } from "../transfer/transfer-error.ts";

const PUBLIC_API = "https://api.github.com";

/** Where GitHub's API is, and who asks it. Printing one shows the address alone. */
export class GithubAccess {
  readonly api: URL;
  readonly #token: string;

  /**
   * Reads `GITHUB_TOKEN` (or `GH_TOKEN`), and `GITHUB_API_URL` for GitHub Enterprise Server, as workflows have
   * them.
   *
   * @throws {PublishError} when the token is missing or the address cannot be used
   * @throws {TransferError} `insecure`
   */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#token = environment.GITHUB_TOKEN || environment.GH_TOKEN || "";
    if (!/^[\x21-\x7e]+$/.test(this.#token)) {
      const problem = this.#token === "" ? "is not set" : "has characters that cannot be sent";
      throw new PublishError(
        `A release is published to with a token, and GITHUB_TOKEN ${problem}.`,
        {
          hint: "Set GITHUB_TOKEN in the environment to a token that may write contents. In a workflow: permissions: contents: write.",
        },
      );
    }
    const text = environment.GITHUB_API_URL || PUBLIC_API;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
      throw new PublishError("GITHUB_API_URL cannot be used.", {
        hint: `Write a URL such as ${PUBLIC_API} or https://github.example.org/api/v3.`,
      });
    }
    assertSafeForSecrets(url, "GITHUB_API_URL");
    this.api = url;
  }

  get authorization(): string {
    return `Bearer ${this.#token}`;
  }

  redact(text: string): string {
    return text.replaceAll(this.#token, "***");
  }

  /**
   * Where the API says that assets are sent to: on GitHub a host of its own, on an Enterprise Server the same
   * host, or one that is named after it.
   *
   * @param template such as `https://uploads.github.com/repos/o/r/releases/1/assets{?name,label}`
   * @throws {TransferError} `redirected`, for any other place, which is not given the token
   */
  uploadUrl(template: string, name: string): URL {
    const text = template.replace(/\{.*$/, "");
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const domain = this.api.hostname.replace(/^api\./, "");
    const isKnown =
      url?.protocol === this.api.protocol &&
      (url.host === this.api.host || url.host === `uploads.${domain}`);
    if (!url || !isKnown) {
      throw new TransferError(
        "redirected",
        `${this.api.origin} wants uploads at ${url?.origin ?? "no address"}, which is not given the token.`,
        { hint: "Check GITHUB_API_URL." },
      );
    }
    url.search = `?${new URLSearchParams({ name })}`;
    return url;
  }

  toJSON(): object {
    return { api: this.api.href };
  }

  [inspect.custom](): string {
    return `GithubAccess(${this.api.href})`;
  }
}
