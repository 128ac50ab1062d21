import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "../../errors.ts";
import { parseBaseUrl } from "../../publish/base-url.ts";
import { type BucketPlace, parseBucketName } from "../../publish/s3/bucket-name.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { durationValue, memoryValue, parsedBy, wholeNumberValue } from "../option-values.ts";

interface Options extends OutputOptions {
  host?: string;
  port?: number;
  url?: URL;
  s3?: BucketPlace;
  users?: string;
  addUser?: string;
  anonymous: boolean;
  keepTags?: boolean;
  expiry?: number;
  maxImage?: number;
  maxStore?: number;
  maxRequests?: number;
  trustProxy?: boolean;
}

const MEBIBYTE = 1024 ** 2;

export function addServeCommand(program: Command, context: CliContext): void {
  const command = program
    .command("serve")
    .description("serve an image repository of your own, until Ctrl-C")
    .argument("<directory>", "where its images and users are kept; made when it is missing")
    .option("--host <address>", "the address to listen at; 0.0.0.0 for all (default 127.0.0.1)")
    .option("--port <number>", "0 for a free one (default 8080)", wholeNumberValue(0, 65_535))
    .option("--url <url>", "where others reach it, behind a proxy", parsedBy(parseBaseUrl))
    .option(
      "--s3 <bucket>",
      "keep images in BUCKET[/PREFIX] of an S3-compatible server",
      bucketValue,
    )
    .option("--users <file>", "who may name images (default DIRECTORY/users)")
    .option("--add-user <name>", "make a token for a user, print it, and end")
    .option("--no-anonymous", "take images from users only")
    .option("--keep-tags", "never let a tag lead to another image")
    .option(
      "--expiry <duration>",
      "how long images without a tag are kept (default 168h)",
      durationValue,
    )
    .option("--max-image <size>", "the most that an image has (default 20 GiB)", memoryValue)
    .option("--max-store <size>", "the most that all images have (default 200 GiB)", memoryValue)
    .option(
      "--max-requests <number>",
      "of one address in a minute (default 6000)",
      wholeNumberValue(1, 1_000_000),
    )
    .option("--trust-proxy", "believe X-Forwarded-For, -Proto and -Host");
  addOutputOptions(command).action(async (directory: string, options: Options) => {
    if (options.addUser !== undefined) {
      await addUser(directory, options.addUser, options, context);
      return;
    }
    const { serveRepository } = await import("../../serve/serve-repository.ts");
    const store = options.s3 && (await openS3(options.s3));
    const repository = await serveRepository({
      directory,
      allowsAnonymous: options.anonymous,
      ...(options.host !== undefined && { host: options.host }),
      ...(options.port !== undefined && { port: options.port }),
      ...(options.url && { address: options.url }),
      ...(store && { store }),
      ...(options.users !== undefined && { users: options.users }),
      ...(options.keepTags && { keepsTags: true }),
      ...(options.expiry !== undefined && { expiryMs: options.expiry }),
      ...(options.maxImage !== undefined && { imageBytes: options.maxImage * MEBIBYTE }),
      ...(options.maxStore !== undefined && { storeBytes: options.maxStore * MEBIBYTE }),
      ...(options.maxRequests !== undefined && { requestsPerMinute: options.maxRequests }),
      ...(options.trustProxy && { trustsProxy: true }),
      ...(!options.quiet && { log: context.stderr }),
    });
    try {
      // On one line, so that a program that started this one can read it while it runs.
      context.resultWritten = true;
      const { url } = repository;
      context.stdout.write(options.json ? `${JSON.stringify({ url, directory })}\n` : `${url}\n`);
      await untilAborted(context.signal);
    } finally {
      await repository.close();
    }
  });
}

function bucketValue(text: string): BucketPlace {
  const place = parseBucketName(text);
  if (!place) throw new InvalidArgumentError("Expected BUCKET or BUCKET/PREFIX.");
  return place;
}

async function openS3(place: BucketPlace) {
  const { S3Store } = await import("../../serve/store/s3-store.ts");
  return await S3Store.open(place, process.env);
}

/** Being told to end is how serving ends, and no failure. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function addUser(
  directory: string,
  user: string,
  options: Options,
  context: CliContext,
): Promise<void> {
  if (user === "") throw new UsageError("--add-user needs a name.");
  const { join } = await import("node:path");
  const { addUser } = await import("../../serve/users/users-file.ts");
  const file = options.users ?? join(directory, "users");
  const token = await addUser(file, user);
  writeResult(context, options, { user, token, file }, () => token);
  if (!options.quiet) {
    context.stderr.write(`This token of ${user} is shown only now; ${file} has its hash.\n`);
  }
}
