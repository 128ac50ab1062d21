// Needs an S3 server on this machine, which Go builds from its module proxy at the first run; skipped where that
// does not work.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { writeObject } from "../../../src/serve/store/object-store.ts";
import { S3Store } from "../../../src/serve/store/s3-store.ts";
import { sha3, testBytes, writeImage } from "../../publish/image-file.ts";
import { publishTo } from "../../publish/registry/support.ts";
import { findS3Server, type S3Server, startS3Server } from "../../support/s3-server.ts";
import { freePort } from "../../support/wait-until-open.ts";
import { useServer } from "../support.ts";

const program = findS3Server();
const reason = program ? "" : " (skipped: there is no versitygw, and Go cannot build one)";
const serving = useServer();

(program ? describe : describe.skip)(`images in a bucket of a real server${reason}`, () => {
  let s3: S3Server;
  let admin: S3Client;
  let buckets = 0;

  beforeAll(async () => {
    s3 = await startS3Server(program ?? "", await freePort());
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = s3.environment;
    admin = new S3Client({
      endpoint: s3.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    });
  });
  afterAll(async () => {
    admin?.destroy();
    await s3?.close();
  });

  async function newPlace() {
    buckets += 1;
    const bucket = `store-${buckets}`;
    await admin.send(new CreateBucketCommand({ Bucket: bucket }));
    return { bucket, prefix: "golem/" };
  }

  const keysIn = async (Bucket: string) =>
    ((await admin.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);

  it("writes, reads in parts, lists in order and removes", async () => {
    const place = await newPlace();
    const store = await S3Store.open(place, s3.environment);
    for (const key of ["a/c/2", "a/b", "b/x"]) {
      await writeObject(store, key, Buffer.from(`contents of ${key}`));
    }
    await writeObject(store, "a/empty", new Uint8Array());
    expect(await keysIn(place.bucket)).toContain("golem/a/b");
    const sizes = new Map<string, number>();
    for await (const { key, size } of store.list("a/")) sizes.set(key, size);
    expect([...sizes]).toEqual([
      ["a/b", 15],
      ["a/c/2", 17],
      ["a/empty", 0],
    ]);
    const blocks: Uint8Array[] = [];
    for await (const block of store.read("a/b", { start: 9, end: 10 })) blocks.push(block);
    expect(Buffer.concat(blocks).toString()).toBe("of");
    await store.remove("a/b");
    await store.remove("a/b");
    expect(await store.stat("a/b")).toBeUndefined();
    store.close();
  });

  it.each([1, 20])("leaves nothing of %d MiB whose end is an error", async (mebibytes) => {
    const place = await newPlace();
    const store = await S3Store.open(place, s3.environment);
    async function* broken() {
      for (let sent = 0; sent < mebibytes; sent++) yield Buffer.alloc(1024 ** 2, "x");
      throw new Error("broken off");
    }
    const writing = store.write("a/b", broken(), mebibytes * 1024 ** 2);
    await expect(writing).rejects.toThrow("broken off");
    expect(await keysIn(place.bucket)).toEqual([]);
    const left = await admin.send(new ListMultipartUploadsCommand({ Bucket: place.bucket }));
    expect(left.Uploads ?? []).toEqual([]);
    store.close();
  });

  it("lets two instances serve the same images", async () => {
    const place = await newPlace();
    const open = async (name: string) =>
      await serving.start({
        directory: join(serving.directory, name),
        store: await S3Store.open(place, s3.environment),
      });
    const [first, second] = [await open("a"), await open("b")];
    const file = writeImage(join(serving.directory, "image.gvmi"), testBytes(9_000_000));
    await publishTo({ environment: { REGISTRY_URL: first.url } }, file, {});
    const again = await publishTo({ environment: { REGISTRY_URL: second.url } }, file, {});
    expect(again).toMatchObject({ isNew: false, check: { resume: "works" } });
    const downloaded = Buffer.from(await (await fetch(again.url)).arrayBuffer());
    expect(sha3(downloaded)).toBe(file.hash);
    expect(downloaded.equals(readFileSync(file.path))).toBe(true);
  });

  it("says that there is no such bucket", async () => {
    const opening = S3Store.open({ bucket: "missing", prefix: "" }, s3.environment);
    await expect(opening).rejects.toThrow(/the bucket missing/);
  });
});
