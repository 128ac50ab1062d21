import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { directory, file, type TestEntry, tar } from "./archives.ts";
import { Random } from "./random.ts";

export const VERSION = "v0.5.1";

/** The entries of a release's tarball, whose `runtime` directory has these files. */
export function bundleEntries(
  files: Readonly<Record<string, string | Buffer>> = {},
  version = VERSION,
): TestEntry[] {
  const top = `ya-runtime-vm-linux-${version}/`;
  const runtime = `${top}ya-runtime-vm/runtime/`;
  const all = {
    vmrt: "#!/bin/sh\n",
    // Does not compress, so that a part of the tarball is a part of this.
    "vmlinuz-virt": Buffer.from(Array.from({ length: 200_000 }, numbers(1))),
    "initramfs.cpio.gz": "initramfs",
    "bios-256k.bin": "firmware",
    ...files,
  };
  return [
    directory(top),
    directory(`${top}ya-runtime-vm/`),
    file(`${top}ya-runtime-vm/ya-runtime-vm`, "the provider's program", { mode: 0o755 }),
    directory(runtime),
    ...Object.entries(all).map(([name, content]) =>
      file(`${runtime}${name}`, content, { mode: name === "vmrt" ? 0o755 : 0o644 }),
    ),
  ];
}

function numbers(seed: number): () => number {
  const random = new Random(seed);
  return () => random.below(256);
}

export const tarball = (entries: readonly TestEntry[] = bundleEntries()): Buffer =>
  gzipSync(tar(entries));

export interface Download {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How many requests there were, this one included. */
  readonly count: number;
  /** Answers as a good server does: the whole content, or the part that is asked for. */
  serve(content: Buffer, headers?: Record<string, string>): void;
}

export interface BundleServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Method, path and range of each request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A server on the loopback interface that answers as a test tells it. */
export async function bundleServer(answer: (download: Download) => void): Promise<BundleServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push(`${request.method} ${request.url}${range === undefined ? "" : ` ${range}`}`);
    const serve: Download["serve"] = (content, headers = { etag: '"1"' }) => {
      const start = /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
      const isSame = (request.headers["if-range"] ?? headers.etag) === headers.etag;
      if (start === undefined || !isSame) {
        response.writeHead(200, { "content-length": content.length, ...headers }).end(content);
        return;
      }
      const part = content.subarray(Number(start));
      response.writeHead(206, {
        "content-length": part.length,
        "content-range": `bytes ${start}-${content.length - 1}/${content.length}`,
        ...headers,
      });
      response.end(part);
    };
    answer({ request, response, count: requests.length, serve });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
