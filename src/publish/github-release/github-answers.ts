import * as v from "valibot";
import { TransferError } from "../transfer/transfer-error.ts";

const AssetSchema = v.object({
  id: v.pipe(v.number(), v.integer()),
  name: v.string(),
  /** Bytes. */
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** `uploaded`, or what is left of an upload that failed. */
  state: v.string(),
  /** `sha256:<hex>`; missing for old assets and on old servers. */
  digest: v.nullish(v.string()),
  browser_download_url: v.pipe(v.string(), v.url()),
});

const ReleaseSchema = v.object({
  id: v.pipe(v.number(), v.integer()),
  upload_url: v.string(),
  draft: v.boolean(),
});

/** A file of a release. */
export type ReleaseAsset = v.InferOutput<typeof AssetSchema>;
export type Release = v.InferOutput<typeof ReleaseSchema>;

export const readRelease = (data: unknown): Release => read(ReleaseSchema, data);
export const readAsset = (data: unknown): ReleaseAsset => read(AssetSchema, data);
export const readAssets = (data: unknown): ReleaseAsset[] => read(v.array(AssetSchema), data);

/** @throws {TransferError} `protocol` */
function read<T extends v.GenericSchema>(schema: T, data: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, data);
  if (parsed.success) return parsed.output;
  const at = v.getDotPath(parsed.issues[0]);
  throw new TransferError(
    "protocol",
    `The answer is not GitHub's: it is malformed${at ? ` at "${at}"` : ""}.`,
    { hint: "Check GITHUB_API_URL, and whether the network asks to sign in first." },
  );
}
