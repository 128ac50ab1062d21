import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError, ImageSourceError, UsageError } from "../../src/errors.ts";
import { type ConvertOptions, convertArchive } from "../../src/pipeline/convert.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { file, ociArchive, plain } from "../support/archives.ts";

const GOOD = ociArchive([plain([file("a")])]);
const withVolume = (path: string) =>
  ociArchive([plain([file("a")])], { config: { Volumes: { [path]: {} } } });

/** Converts over a previous output, and checks that the failure left it alone and nothing beside it. */
async function failure(
  archive: Buffer | undefined,
  options: Partial<ConvertOptions> = {},
): Promise<Error & { hint?: string }> {
  return await withTemporaryDirectory(async (directory) => {
    const source = join(directory, "image.tar");
    if (archive) await writeFile(source, archive);
    await mkdir(join(directory, "out"));
    const output = join(directory, "out", "image.gvmi");
    await writeFile(output, "previous");
    const error = await convertArchive({ source, output, ...options }).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(await readdir(join(directory, "out"))).toEqual(["image.gvmi"]);
    expect(await readFile(output, "utf8")).toBe("previous");
    if (!error) throw new Error("The conversion did not fail.");
    return error;
  });
}

test("a missing source is named", async () => {
  const error = await failure(undefined);
  expect(error).toBeInstanceOf(ImageSourceError);
  expect(error.message).toMatch(/^There is no image archive at .*image\.tar\.$/);
});

test("a source that is no archive is named", async () => {
  const error = await failure(Buffer.from("FROM scratch"));
  expect(error).toBeInstanceOf(ImageSourceError);
  expect(error.message).toMatch(/image\.tar is not an image archive: it is not a tar file\.$/);
});

test.each([
  ["small", 1000],
  ["large", 9_000_000],
])("a wrong digest of a %s layer is named, with what was found", async (_, size) => {
  const archive = ociArchive([plain([file("a", "x".repeat(size))])]);
  const at = archive.indexOf("x".repeat(1000));
  archive[at] = "y".charCodeAt(0);
  const error = await failure(archive);
  expect(error).toBeInstanceOf(ImageSourceError);
  expect(error.message).toMatch(
    /^Layer 1 .* expected sha256:[0-9a-f]{64}, found sha256:[0-9a-f]{64}\.$/,
  );
  expect(error.hint).toContain("damaged");
});

test.each(["/a,b", "/a\nb", "/a/../b", "/", "relative"])(
  "the volume %j is refused",
  async (path) => {
    const error = await failure(withVolume(path));
    expect(error).toBeInstanceOf(ImageSourceError);
    expect(error.message).toContain(`The volume ${JSON.stringify(path)} `);
  },
);

test("a hostile entry is named with its layer", async () => {
  const error = await failure(ociArchive([plain([file("d/.wh.", "")])]));
  expect(error).toBeInstanceOf(ImageSourceError);
  expect(error.message).toMatch(/^Layer 1 \(sha256:[0-9a-f]{12}\), entry "d\/\.wh\."/);
});

test("a compression that providers cannot read is refused before anything is read", async () => {
  const error = await failure(undefined, { compression: "zstd" as never });
  expect(error).toBeInstanceOf(UsageError);
});

test("limits are obeyed", async () => {
  const error = await failure(GOOD, { limits: { entries: 0 } });
  expect(error.message).toContain("more than 0 entries");
});

test("an abort is what is thrown", async () => {
  const aborted = await failure(GOOD, { signal: AbortSignal.abort(new Error("enough")) });
  expect(aborted.message).toBe("enough");
  const controller = new AbortController();
  const later = await failure(GOOD, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("later")),
  });
  expect(later.message).toBe("later");
});

test("an output that cannot be written is named", async () => {
  await withTemporaryDirectory(async (directory) => {
    const source = join(directory, "image.tar");
    await writeFile(source, GOOD);
    const below = convertArchive({ source, output: join(source, "x.gvmi") });
    await expect(below).rejects.toBeInstanceOf(ConversionError);
    await expect(convertArchive({ source, output: directory })).rejects.toThrow("is a directory");
    await expect(convertArchive({ source, output: source })).rejects.toThrow("the source itself");
    expect(await readdir(directory)).toEqual(["image.tar"]);
  });
});
