import { PublishError } from "../../../src/errors.ts";
import { s3Failure } from "../../../src/publish/s3/s3-failure.ts";
import { readS3Access } from "../../../src/publish/s3/s3-settings.ts";
import { partBytesOf } from "../../../src/publish/s3/upload-object.ts";
import { TransferError } from "../../../src/publish/transfer/transfer-error.ts";

const keys = { AWS_ACCESS_KEY_ID: "user", AWS_SECRET_ACCESS_KEY: "s3cret-key" };

test("a server that is not Amazon's needs no region, and has its buckets in paths", () => {
  const { config, endpoint } = readS3Access({
    ...keys,
    AWS_ENDPOINT_URL: "https://s3.example.org",
  });
  expect(endpoint?.href).toBe("https://s3.example.org/");
  expect(config).toEqual({
    endpoint: "https://s3.example.org/",
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "user", secretAccessKey: "s3cret-key" },
  });
});

test("the variable for S3 alone comes before the one for all of Amazon's services", () => {
  const { endpoint } = readS3Access({
    AWS_ENDPOINT_URL: "https://all.example.org",
    AWS_ENDPOINT_URL_S3: "https://s3.example.org",
  });
  expect(endpoint?.host).toBe("s3.example.org");
});

test("without keys the SDK looks for credentials, and without a server it asks Amazon", () => {
  expect(readS3Access({ AWS_REGION: "eu-west-1" }).config).toEqual({ region: "eu-west-1" });
});

test("requests are not sent unencrypted but to this machine", () => {
  const access = (AWS_ENDPOINT_URL_S3: string) => () => readS3Access({ AWS_ENDPOINT_URL_S3 });
  expect(access("http://s3.example.org")).toThrow(/not encrypted/);
  expect(access("http://127.0.0.1:9000")).not.toThrow();
});

test.each([
  "s3.example.org",
  "ftp://s3.example.org",
  "https://user:pass@s3.example.org/",
  "https://x/?y",
])("%s is no server", (AWS_ENDPOINT_URL_S3) => {
  expect(() => readS3Access({ AWS_ENDPOINT_URL_S3 })).toThrow(PublishError);
  expect(() => readS3Access({ AWS_ENDPOINT_URL_S3 })).not.toThrow(/pass/);
});

test("a file has fewer parts than S3 has room for, whatever its size", () => {
  const MIB = 1024 ** 2;
  expect(partBytesOf(100 * MIB, 8 * MIB)).toBe(8 * MIB);
  const large = 5 * 1024 ** 4;
  expect(Math.ceil(large / partBytesOf(large, 8 * MIB))).toBeLessThanOrEqual(9000);
});

test("a failure has the request neither in its message nor as its cause", () => {
  const error = Object.assign(new Error("The token has expired"), {
    name: "ExpiredToken",
    $metadata: { httpStatusCode: 400 },
    $response: { headers: { "x-amz-security-token": "s3cret-token" } },
  });
  const server = new URL("https://s3.example.org/");
  const failure = s3Failure("Cannot publish", server, error, undefined) as TransferError;
  expect(failure).toBeInstanceOf(TransferError);
  expect(failure).toMatchObject({ failure: "unauthorized", status: 400, isTransient: false });
  expect(failure.message).toBe(
    "Cannot publish at https://s3.example.org: ExpiredToken: The token has expired.",
  );
  expect(failure.cause).toBeUndefined();
});

test("what is no failure of S3 stays what it is", () => {
  const server = new URL("https://s3.example.org/");
  const ours = new PublishError("Cannot read the image.");
  expect(s3Failure("x", server, ours, undefined)).toBe(ours);
  const reason = new Error("enough");
  expect(s3Failure("x", server, new Error("aborted"), AbortSignal.abort(reason))).toBe(reason);
});
