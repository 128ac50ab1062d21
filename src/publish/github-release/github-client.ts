import { request } from "@octokit/request";
import { answerFailure } from "../transfer/answer-failure.ts";
import { ConnectionPool } from "../transfer/connection-pool.ts";
import { networkFailure, stallFailure } from "../transfer/network-failure.ts";
import { type RetryPolicy, withRetries } from "../transfer/retry.ts";
import { DEFAULT_STALL_MS, send, type TransferBody } from "../transfer/send.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import type { GithubAccess } from "./github-access.ts";
import {
  type Release,
  type ReleaseAsset,
  readAsset,
  readAssets,
  readRelease,
} from "./github-answers.ts";
import type { ReleaseName } from "./release-name.ts";

export interface GithubClientOptions {
  readonly stallMs?: number;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  readonly onNote?: (text: string) => void;
}

const PAGE = 100;
/** GitHub takes 1000 assets a release. */
const MOST_PAGES = 20;

interface Answer {
  readonly status: number;
  readonly data: unknown;
}

/**
 * The calls of GitHub's REST API that releases and their assets need. Each is repeated when it fails for a
 * passing reason, apart from `upload`. No message has the token in it.
 *
 * @see https://docs.github.com/en/rest/releases
 */
export class GithubClient {
  private readonly pool = new ConnectionPool();

  constructor(
    private readonly access: GithubAccess,
    private readonly name: ReleaseName,
    private readonly options: GithubClientOptions,
  ) {}

  close(): void {
    this.pool.close();
  }

  /** @returns undefined when there is none, or a draft, which nobody can download from */
  async findRelease(): Promise<Release | undefined> {
    const { tag } = this.name;
    const answer = await this.call("GET /repos/{owner}/{repo}/releases/tags/{tag}", { tag }, [404]);
    return answer.status === 404 ? undefined : readRelease(answer.data);
  }

  /** @param commit what the tag is made at when there is none; the default branch when absent */
  async createRelease(commit: string | undefined): Promise<Release> {
    const { tag } = this.name;
    const answer = await this.call(
      "POST /repos/{owner}/{repo}/releases",
      { tag_name: tag, name: tag, ...(commit !== undefined && { target_commitish: commit }) },
      [422],
    );
    if (answer.status !== 422) return readRelease(answer.data);
    // Another job may have made it a moment ago.
    const release = await this.findRelease();
    if (release) return release;
    throw new TransferError("rejected", `GitHub makes no release of the tag ${tag}.`, {
      status: 422,
      hint: "Check the tag's name, and the repository's rules for tags and releases.",
      details: this.access.redact(JSON.stringify(answer.data).slice(0, 500)),
    });
  }

  async listAssets({ id }: Release): Promise<readonly ReleaseAsset[]> {
    const assets: ReleaseAsset[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { data } = await this.call("GET /repos/{owner}/{repo}/releases/{release_id}/assets", {
        release_id: id,
        per_page: PAGE,
        page,
      });
      const found = readAssets(data);
      assets.push(...found);
      if (found.length < PAGE) break;
    }
    return assets;
  }

  async deleteAsset({ id }: ReleaseAsset): Promise<void> {
    await this.call(
      "DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}",
      { asset_id: id },
      [404],
    );
  }

  async renameAsset({ id }: ReleaseAsset, name: string): Promise<ReleaseAsset> {
    const { data } = await this.call("PATCH /repos/{owner}/{repo}/releases/assets/{asset_id}", {
      asset_id: id,
      name,
    });
    return readAsset(data);
  }

  /** Sends a file once. */
  async upload(
    { upload_url }: Release,
    name: string,
    body: TransferBody,
    onSent: (bytes: number) => void,
  ): Promise<ReleaseAsset> {
    const { signal, stallMs } = this.options;
    const answer = await send({
      method: "POST",
      url: this.access.uploadUrl(upload_url, name),
      pool: this.pool,
      headers: {
        authorization: this.access.authorization,
        accept: "application/vnd.github+json",
        "content-type": "application/octet-stream",
      },
      body,
      onSent,
      ...(signal && { signal }),
      ...(stallMs !== undefined && { stallMs }),
    });
    if (answer.status !== 201) {
      const redact = (text: string) => this.access.redact(text);
      // The name is taken by what is left of an earlier attempt.
      const isTransient = answer.status === 422 || answer.status === 502;
      throw answerFailure("GitHub refuses the asset", answer, {
        redact,
        ...(isTransient && { isTransient }),
      });
    }
    return readAsset(parseJson(answer.text));
  }

  /** Repeats what fails for a passing reason. */
  async repeat<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    const { policy, signal, onNote } = this.options;
    return await withRetries(attempt, {
      ...(policy && { policy }),
      ...(signal && { signal }),
      onRetry: (error, delayMs) =>
        onNote?.(`${error.message} Trying again in ${(delayMs / 1000).toFixed(1)} s.`),
    });
  }

  private async call(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    expected: readonly number[] = [],
  ): Promise<Answer> {
    return await this.repeat(() => this.callOnce(route, parameters, expected));
  }

  private async callOnce(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    expected: readonly number[],
  ): Promise<Answer> {
    const { signal, stallMs = DEFAULT_STALL_MS } = this.options;
    const { owner, repository: repo } = this.name;
    const timeout = AbortSignal.timeout(stallMs);
    const sent = { method: route.replace(/ .*/, ""), url: this.access.api };
    try {
      const { status, data } = await request(route, {
        ...{ owner, repo, ...parameters },
        baseUrl: this.access.api.href.replace(/\/$/, ""),
        headers: {
          authorization: this.access.authorization,
          "user-agent": "golem-image",
          "x-github-api-version": "2022-11-28",
        },
        request: { signal: signal ? AbortSignal.any([signal, timeout]) : timeout },
      });
      return { status, data };
    } catch (error) {
      const { status, response } = error as {
        status?: number;
        response?: { headers: Record<string, string>; data: unknown };
      };
      signal?.throwIfAborted();
      if (timeout.aborted) throw stallFailure(sent, stallMs);
      if (response === undefined || status === undefined) {
        const { cause } = error as { cause?: unknown };
        throw networkFailure(sent, cause instanceof Error ? (cause.cause ?? cause) : error);
      }
      if (expected.includes(status)) return { status, data: response.data };
      throw this.refusal(route, status, response);
    }
  }

  private refusal(
    route: string,
    status: number,
    { headers, data }: { readonly headers: Record<string, string>; readonly data: unknown },
  ): TransferError {
    const text = typeof data === "string" ? data : JSON.stringify(data ?? "");
    const { owner, repository } = this.name;
    const action = `GitHub refuses ${route.replace("{owner}/{repo}", `${owner}/${repository}`)}`;
    const redact = (said: string) => this.access.redact(said);
    const reset = Number(headers["x-ratelimit-reset"]);
    const isLimited =
      headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0";
    if ((status === 403 || status === 429) && isLimited) {
      const waitSeconds =
        headers["retry-after"] ?? `${Math.max(1, Math.ceil(reset - Date.now() / 1000)) || 60}`;
      // GitHub answers 403 as well when there were too many requests.
      const answer = { status: 429, headers: { "retry-after": waitSeconds }, text };
      return answerFailure(action, answer, { redact });
    }
    const failure = answerFailure(action, { status, headers, text }, { redact });
    if (status !== 403 && status !== 404) return failure;
    return new TransferError(failure.failure, failure.message, {
      status,
      hint: "Check the repository's name, and that the token may write its contents. In a workflow: permissions: contents: write.",
      ...(failure.details !== undefined && { details: failure.details }),
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
