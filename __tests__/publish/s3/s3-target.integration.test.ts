// Needs an S3 server on this machine, which Go builds from its module proxy at the first run; says so and is
// skipped where that does not work.
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { PublishFile, PublishOptions } from "../../../src/publish/publish-target.ts";
import { S3Target, type S3TargetSettings } from "../../../src/publish/s3/s3-target.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { startServer } from "../../support/http-server.ts";
import { findS3Server, type S3Server, startS3Server } from "../../support/s3-server.ts";
import { freePort } from "../../support/wait-until-open.ts";
import { testBytes, useDirectory, writeImage } from "../image-file.ts";
import { failureOf } from "../registry/support.ts";

const MIB = 1024 ** 2;
/** The smallest parts that S3 takes. */
const partBytes = 5 * MIB;

const program = findS3Server();
const reason = program ? "" : " (skipped: there is no versitygw, and Go cannot build one)";

(program ? describe : describe.skip)(`a bucket of a real server${reason}`, () => {
  const place = useDirectory();
  let server: S3Server;
  let admin: S3Client;
  let proxy: FaultProxy | undefined;
  let seed = 0;

  beforeAll(async () => {
    server = await startS3Server(program ?? "", await freePort());
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = server.environment;
    admin = new S3Client({
      endpoint: server.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
    for (const Bucket of ["images", "private"])
      await admin.send(new CreateBucketCommand({ Bucket }));
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::images/*",
        },
      ],
    });
    await admin.send(new PutBucketPolicyCommand({ Bucket: "images", Policy }));
  });

  afterAll(async () => {
    admin?.destroy();
    await server?.close();
  });

  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  const content = testBytes(12 * MIB);
  const newImage = (size = 12 * MIB): PublishFile => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += content.length) content.copy(bytes, at);
    bytes.writeUInt32LE(++seed);
    return writeImage(join(place.path, `${seed}.gvmi`), bytes);
  };

  async function publish(
    file: PublishFile,
    settings: Partial<S3TargetSettings> = {},
    options: PublishOptions = {},
  ) {
    const endpoint = proxy ? { AWS_ENDPOINT_URL_S3: proxy.url } : {};
    const target = new S3Target({
      ...{ bucket: "images", prefix: "golem/", partBytes, attempts: 3 },
      ...settings,
      environment: { ...server.environment, ...endpoint, ...settings.environment },
    });
    try {
      const stored = await target.store(file, options);
      return { ...stored, check: await target.check(file, stored, options) };
    } finally {
      target.close();
    }
  }

  const injectFaults = async (faultOf: (request: string, earlier: number) => Fault | undefined) => {
    proxy = await startFaultProxy(server.url, faultOf, nameOf);
  };

  const pathOf = ({ hash }: PublishFile) => join(server.directory, `images/golem/${hash}.gvmi`);

  /** Nothing of an upload that failed costs anything: neither an object nor parts of one. */
  async function expectNothingLeft(file: PublishFile): Promise<void> {
    const { Uploads = [] } = await admin.send(
      new ListMultipartUploadsCommand({ Bucket: "images" }),
    );
    expect(Uploads).toEqual([]);
    const names = readdirSync(server.directory, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => name.includes(file.hash))).toEqual([]);
  }

  test.each([
    ["in parts", 12 * MIB],
    ["in one request", 1 * MIB],
    ["in one part exactly", 5 * MIB],
  ])("takes an image %s, with its type, and for caches to keep", async (_, size) => {
    const file = newImage(size);
    const done: number[] = [];
    const result = await publish(file, {}, { onProgress: (progress) => done.push(progress.done) });
    expect(result).toEqual({
      url: `${server.url}/images/golem/${file.hash}.gvmi`,
      isNew: true,
      check: { redirects: 0, resume: "works", warnings: [] },
    });
    expect(readFileSync(pathOf(file)).equals(readFileSync(file.path))).toBe(true);
    const head = await admin.send(
      new HeadObjectCommand({ Bucket: "images", Key: `golem/${file.hash}.gvmi` }),
    );
    expect(head).toMatchObject({
      ContentType: "application/octet-stream",
      CacheControl: "public, max-age=31536000, immutable",
      Metadata: { "image-hash": file.hash, sha256: file.sha256 },
    });
    expect(done.at(-1)).toBe(size);
    const { Uploads = [] } = await admin.send(
      new ListMultipartUploadsCommand({ Bucket: "images" }),
    );
    expect(Uploads).toEqual([]);
  });

  test("is sent nothing when it has the same bytes", async () => {
    const file = newImage();
    await publish(file);
    await injectFaults(() => undefined);
    const again = await publish(file, { baseUrl: `${server.url}/images/{key}` });
    expect(again).toMatchObject({ isNew: false, check: { resume: "works" } });
    expect(proxy?.requests).toEqual(["HeadObject"]);
  });

  test("is sent the image again when the object is damaged or cut off", async () => {
    const file = newImage(1 * MIB);
    await publish(file);
    const bytes = readFileSync(pathOf(file));
    bytes[500_000] = (bytes[500_000] ?? 0) ^ 1;
    writeFileSync(pathOf(file), bytes);
    expect(await publish(file)).toMatchObject({ isNew: true });
    truncateSync(pathOf(file), 1000);
    expect(await publish(file)).toMatchObject({ isNew: true });
    expect(readFileSync(pathOf(file)).equals(readFileSync(file.path))).toBe(true);
  });

  test("may have a public address of its own", async () => {
    const file = newImage(1 * MIB);
    const result = await publish(file, { baseUrl: `${server.url}/{key}`, prefix: "" }).catch(
      (error) => error,
    );
    // This one leads nowhere, which the check notices.
    expect(result.message).toContain(`HEAD ${server.url}/${file.hash}.gvmi answered`);
    const url = `${server.url}/images/${file.hash}.gvmi`;
    expect(await publish(file, { baseUrl: `${server.url}/images`, prefix: "" })).toMatchObject({
      url,
    });
  });

  test("is no place for providers when only its owner can read it", async () => {
    const file = newImage(1 * MIB);
    const error = await publish(file, { bucket: "private" }).catch((reason) => reason);
    expect(error).toMatchObject({ problem: "refused" });
    expect(error.hint).toContain("s3:GetObject to all");
    // The next time it is there, and nothing is sent.
    const again = await publish(file, { bucket: "private" }).catch((reason) => reason);
    expect(again.hint).toBe(error.hint);
  });

  test("takes two publishers of one image at once", async () => {
    const file = newImage();
    const both = await Promise.all([publish(file), publish(file)]);
    expect(both.map(({ check }) => check.resume)).toEqual(["works", "works"]);
    const { Uploads = [] } = await admin.send(
      new ListMultipartUploadsCommand({ Bucket: "images" }),
    );
    expect(Uploads).toEqual([]);
  });

  describe("leaves no parts behind", () => {
    test("when the last request is answered with 200 and an error", async () => {
      const body =
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>';
      await injectFaults((request) =>
        request === "CompleteMultipartUpload" ? { kind: "answer", status: 200, body } : undefined,
      );
      const file = newImage();
      const error = await failureOf(publish(file));
      expect(error.message).toContain("InternalError");
      expect(proxy?.requests.filter((name) => name === "CompleteMultipartUpload")).toHaveLength(3);
      await expectNothingLeft(file);
    });

    test("when it is answered so once, and the image is published all the same", async () => {
      const body = "<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>";
      await injectFaults((request, earlier) =>
        request === "CompleteMultipartUpload" && earlier === 0
          ? { kind: "answer", status: 200, body }
          : undefined,
      );
      expect(await publish(newImage())).toMatchObject({ isNew: true, check: { resume: "works" } });
    });

    test("when a part is refused for good, and the others are not sent to their end", async () => {
      await injectFaults((request, earlier) =>
        request === "UploadPart" && earlier === 1
          ? { kind: "answer", status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }
          : undefined,
      );
      const file = newImage(50 * MIB);
      const error = await failureOf(publish(file));
      expect(error).toMatchObject({ failure: "forbidden", status: 403 });
      expect(proxy?.requests.filter((name) => name === "UploadPart").length).toBeLessThan(9);
      await expectNothingLeft(file);
    });

    test.each(["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])(
      "when it is cancelled during %s",
      async (step) => {
        const controller = new AbortController();
        const cancelled = new Error("enough");
        await injectFaults((request) => {
          if (request === step) controller.abort(cancelled);
          return undefined;
        });
        const file = newImage();
        const { signal } = controller;
        await expect(publish(file, {}, { signal })).rejects.toBe(cancelled);
        const names = await settledUploads();
        expect(names).toEqual([]);
      },
    );

    test("when the file changes meanwhile, which no object is made of", async () => {
      const file = newImage();
      const other = testBytes(12 * MIB, 999);
      await injectFaults((request, earlier) => {
        if (request === "CreateMultipartUpload" && earlier === 0) writeFileSync(file.path, other);
        return undefined;
      });
      expect(await failureOf(publish(file))).toMatchObject({ failure: "changed" });
      await expectNothingLeft(file);
    });

    async function settledUploads(): Promise<unknown[]> {
      const { Uploads = [] } = await admin.send(
        new ListMultipartUploadsCommand({ Bucket: "images" }),
      );
      return Uploads;
    }
  });

  test.each<[string, Fault]>([
    ["a reset", { kind: "reset", afterBytes: 100_000 }],
    ["500", { kind: "answer", status: 500 }],
    ["503 and Retry-After", { kind: "answer", status: 503, headers: { "retry-after": "1" } }],
    ["a part that is damaged on its way", { kind: "corrupt" }],
    ["an answer that is lost", { kind: "lose-answer" }],
  ])("is sent only the part again after %s", async (_, fault) => {
    await injectFaults((request, earlier) =>
      request === "UploadPart" && earlier === 1 ? fault : undefined,
    );
    const file = newImage();
    expect(await publish(file, { attempts: 4 })).toMatchObject({ isNew: true });
    expect(proxy?.requests.filter((name) => name === "UploadPart")).toHaveLength(4);
    expect(readFileSync(pathOf(file)).equals(readFileSync(file.path))).toBe(true);
  });

  test("has the image when the last answer is lost, and what it knew of the upload with it", async () => {
    await injectFaults((request, earlier) =>
      request === "CompleteMultipartUpload" && earlier === 0 ? { kind: "lose-answer" } : undefined,
    );
    const file = newImage();
    expect(await publish(file)).toMatchObject({ isNew: true, check: { resume: "works" } });
    expect(proxy?.requests.filter((name) => name === "CompleteMultipartUpload")).toHaveLength(2);
  });

  test("that stands still at the beginning can be cancelled", async () => {
    const controller = new AbortController();
    const cancelled = new Error("enough");
    await injectFaults((request) => {
      if (request !== "CreateMultipartUpload") return undefined;
      controller.abort(cancelled);
      return { kind: "stall", afterBytes: 0 };
    });
    const started = performance.now();
    const { signal } = controller;
    await expect(publish(newImage(), {}, { signal })).rejects.toBe(cancelled);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("that stands still is given up", async () => {
    await injectFaults((request) =>
      request === "UploadPart" ? { kind: "stall", afterBytes: 1000 } : undefined,
    );
    const file = newImage();
    const error = await failureOf(publish(file, { stallMs: 300, attempts: 2 }));
    expect(error.failure).toBe("stalled");
    await expectNothingLeft(file);
  });

  test.each([
    ["another secret", { AWS_SECRET_ACCESS_KEY: "wrong" }, "images", "unauthorized"],
    ["another bucket", {}, "missing-bucket", "rejected"],
  ])("is told from %s", async (_, environment, bucket, failure) => {
    const error = await failureOf(publish(newImage(1 * MIB), { environment, bucket }));
    expect(error).toMatchObject({ failure });
    expect(`${error.message} ${error.stack}`).not.toContain("s3cret-key");
  });

  test("a server that is none of S3 is no success", async () => {
    const page = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>welcome</html>");
    });
    try {
      const environment = { AWS_ENDPOINT_URL_S3: page.url };
      const file = newImage();
      await expect(publish(file, { environment })).rejects.toMatchObject({ kind: "publish" });
      const small = newImage(1 * MIB);
      await expect(publish(small, { environment })).rejects.toMatchObject({ kind: "publish" });
    } finally {
      await page.close();
    }
  });

  test("a file that cannot be read is said", async () => {
    const file = newImage();
    rmSync(file.path);
    await expect(publish(file)).rejects.toThrow(/Cannot read the image/);
  });
});

/** Requests by what they mean in S3. */
function nameOf({ method, url = "" }: IncomingMessage): string {
  const query = new URL(url, "http://localhost").searchParams;
  if (method === "POST")
    return query.has("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
  if (method === "PUT") return query.has("partNumber") ? "UploadPart" : "PutObject";
  if (method === "DELETE") return "AbortMultipartUpload";
  if (method === "HEAD") return "HeadObject";
  return query.has("uploadId") ? "ListParts" : "GetObject";
}
