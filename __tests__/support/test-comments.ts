import { startServer, type TestServer } from "./http-server.ts";

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

/** A double of GitHub's comments of one pull request, made after their documentation: the token of a workflow. */
export class TestComments {
  readonly comments: Comment[] = [];
  /** Answers every request with this status. */
  failWith: number | undefined;
  private server: TestServer | undefined;

  constructor(private readonly token: string) {}

  async start(): Promise<this> {
    this.server = await startServer((request, response) => {
      const blocks: Buffer[] = [];
      request.on("data", (block) => blocks.push(block));
      request.on("end", () => {
        const isKnown = request.headers.authorization === `Bearer ${this.token}`;
        const body = Buffer.concat(blocks).toString();
        const path = `${request.method} ${new URL(request.url ?? "", "http://github").pathname}`;
        const [status, value] = this.failWith
          ? [this.failWith, { message: "Resource not accessible by integration" }]
          : isKnown
            ? this.answer(path, body)
            : [401, { message: "Bad credentials" }];
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(value));
      });
    });
    return this;
  }

  get url(): string {
    return `${this.server?.url}/api/v3`;
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  add(body: string, login: string): Comment {
    const comment = { id: this.comments.length + 1, body, user: { login } };
    this.comments.push(comment);
    return comment;
  }

  private answer(path: string, body: string): [status: number, value: unknown] {
    const all = "/api/v3/repos/alice/images/issues/7/comments";
    if (path === `GET ${all}`) return [200, this.comments];
    if (path === `POST ${all}`) {
      return [201, this.add(JSON.parse(body).body, "github-actions[bot]")];
    }
    const id = Number(
      /^PATCH \/api\/v3\/repos\/alice\/images\/issues\/comments\/(\d+)$/.exec(path)?.[1],
    );
    const comment = this.comments.find((one) => one.id === id);
    if (!comment) return [403, { message: "Resource not accessible by integration" }];
    comment.body = JSON.parse(body).body;
    return [200, comment];
  }
}
