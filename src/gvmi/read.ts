import { type FileHandle, open } from "node:fs/promises";
import * as v from "valibot";
import { GvmiFormatError } from "../errors.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { RunConfigSchema } from "../oci/image-documents.ts";
import { readSuperblock, type Superblock } from "../squashfs/superblock.ts";
import { type HashedGvmi, hashFile } from "./hash-file.ts";
import { decodeTrailer, SMALLEST_TRAILER, trailerSize } from "./trailer.ts";
import { parseVolumes } from "./volumes.ts";

const LENGTH_SIZE = 8;

/** What a .gvmi says of itself. */
export interface Gvmi {
  readonly path: string;
  /** The metadata as it stands in the file. */
  readonly metadata: RunConfig;
  /** Mount points, checked: absolute, sorted, without "..", commas and control characters. */
  readonly volumes: readonly string[];
  /** The directory in which commands start, "/" when the metadata has none. */
  readonly workingDirectory: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly superblock: Superblock;
  /** Bytes before the trailer, with the squashfs's padding. */
  readonly squashfsBytes: number;
  readonly trailerBytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** A .gvmi with what identifies it. */
export interface InspectedGvmi extends Gvmi, HashedGvmi {}

/**
 * Reads the trailer and the superblock of a .gvmi, nothing else.
 *
 * @throws {GvmiFormatError} when the file is missing or not a sound .gvmi
 */
export async function readGvmi(path: string): Promise<Gvmi> {
  return await withGvmiFile(path, (handle) => parseGvmi(path, handle));
}

/**
 * Reads a .gvmi and hashes the whole file.
 *
 * @throws {GvmiFormatError} when the file is missing or not a sound .gvmi
 * @throws the abort reason
 */
export async function inspectGvmi(path: string, signal?: AbortSignal): Promise<InspectedGvmi> {
  return await withGvmiFile(path, async (handle) => ({
    ...(await parseGvmi(path, handle)),
    ...(await hashFile(handle, signal)),
  }));
}

async function withGvmiFile<T>(path: string, body: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    return await body(handle);
  } catch (error) {
    throw explain(path, error);
  } finally {
    await handle?.close();
  }
}

async function parseGvmi(path: string, handle: FileHandle): Promise<Gvmi> {
  const status = await handle.stat();
  if (!status.isFile()) throw new GvmiFormatError("It is not a regular file.");
  const { size } = status;
  if (size < SMALLEST_TRAILER) {
    throw new GvmiFormatError(
      `It has ${size} bytes; the shortest possible has ${SMALLEST_TRAILER}.`,
    );
  }
  const trailerBytes = trailerSize(await readEnd(handle, size, LENGTH_SIZE), size);
  const squashfsBytes = size - trailerBytes;
  const value = decodeTrailer(await readEnd(handle, size, trailerBytes));
  const superblock = await readSuperblock(handle, squashfsBytes);
  return { path, ...parseMetadata(value), superblock, squashfsBytes, trailerBytes, size };
}

/** @param value the JSON of a trailer @throws {GvmiFormatError} */
export function parseMetadata(value: unknown) {
  const result = v.safeParse(RunConfigSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    const at = v.getDotPath(issue);
    throw new GvmiFormatError(
      `Its metadata is malformed${at === null ? "" : ` at "${at}"`}: ${issue.message}.`,
    );
  }
  const metadata = result.output as RunConfig;
  const volumes = parseVolumes(metadata);
  if (!volumes.ok) throw new GvmiFormatError(volumes.problem);
  return {
    metadata,
    volumes: volumes.volumes,
    workingDirectory: metadata.WorkingDir || "/",
    env: metadata.Env ?? [],
    entrypoint: metadata.Entrypoint ?? [],
    cmd: metadata.Cmd ?? [],
  };
}

async function readEnd(handle: FileHandle, size: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  if (bytesRead < length) throw new GvmiFormatError("It changed while it was read.");
  return buffer;
}

function explain(path: string, error: unknown): unknown {
  if (error instanceof GvmiFormatError) {
    return new GvmiFormatError(`${path} is not a sound .gvmi. ${error.message}`, {
      hint: error.hint ?? "Convert the image again, or get the file again if it was downloaded.",
      cause: error,
    });
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") {
    return new GvmiFormatError(`There is no file ${path}.`, {
      hint: "Check the path; `golem-image convert` makes a .gvmi of a container image.",
      cause: error,
    });
  }
  if (syscall === undefined) return error;
  return new GvmiFormatError(`Cannot read ${path}: ${message}.`, { cause: error });
}
