import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { PublishError } from "../../errors.ts";
import { assertSafeForSecrets } from "../assert-safe-for-secrets.ts";

/** Where objects are kept, and how they are reached. */
export interface S3Access {
  readonly config: Pick<
    S3ClientConfig,
    "endpoint" | "region" | "credentials" | "forcePathStyle" | "maxAttempts"
  >;
  /** The server, when it is not Amazon's. */
  readonly endpoint: URL | undefined;
}

/**
 * Reads the variables that Amazon's own tools have: `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, `AWS_REGION`,
 * `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Without the last two, credentials are looked for where those
 * tools do: the user's profile, a web identity, the machine's role.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 * @throws {PublishError} for an endpoint that cannot be used
 * @throws {TransferError} `insecure`
 */
export function readS3Access(environment: NodeJS.ProcessEnv): S3Access {
  const endpoint = parseEndpoint(
    environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL || "",
  );
  // Other servers take any region in a signature, but there has to be one.
  const region =
    environment.AWS_REGION || environment.AWS_DEFAULT_REGION || (endpoint && "us-east-1");
  const accessKeyId = environment.AWS_ACCESS_KEY_ID;
  const secretAccessKey = environment.AWS_SECRET_ACCESS_KEY;
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    endpoint,
    config: {
      ...(region && { region }),
      // A bucket is a part of the host's name only where the server's certificate says so.
      ...(endpoint && { endpoint: endpoint.href, forcePathStyle: true }),
      ...(accessKeyId &&
        secretAccessKey && {
          credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
        }),
    },
  };
}

function parseEndpoint(text: string): URL | undefined {
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
    throw new PublishError("AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL) cannot be used.", {
      hint: "Write a URL such as https://s3.example.org, without user, password and query.",
    });
  }
  assertSafeForSecrets(url, "AWS_ENDPOINT_URL_S3");
  return url;
}
