import { mkdir, open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { StoredBlob } from "../../src/oci/blob-store.ts";
import type { Layer } from "../../src/oci/layer.ts";
import { LayerSpool } from "../../src/oci/layer-spool.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

const CONTENT = Buffer.from("uncompressed");

/** A gzip layer in a file, and an empty directory for the spool. */
async function withLayer(body: (layer: Layer, directory: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (parent) => {
    const [path, directory] = [join(parent, "layer.gz"), join(parent, "spool")];
    await mkdir(directory);
    const bytes = gzipSync(CONTENT);
    await writeFile(path, bytes);
    const handle = await open(path);
    const digest = { algorithm: "sha256", hex: "0".repeat(64) } as const;
    const blob = new StoredBlob(handle, 0, bytes.length);
    await body({ number: 1, blob, digest, diffId: digest }, directory).finally(() =>
      handle.close(),
    );
  });
}

async function read(spool: LayerSpool, layer: Layer): Promise<string> {
  const reader = await spool.open(layer);
  const bytes = await reader.read(100);
  await reader.close();
  return bytes.toString();
}

test("a spooled layer is read from the spool, which has no name", async () => {
  await withLayer(async (layer, directory) => {
    const spool = new LayerSpool(directory);
    const writer = await spool.startLayer(layer);
    await writer?.write(Buffer.from("from the "));
    await writer?.write(Buffer.from("spool"));
    await writer?.write(Buffer.alloc(3));
    expect(await readdir(directory)).toEqual([]);
    await writer?.finish();
    expect(await read(spool, layer)).toBe("from the spool\0\0\0");
    await spool.close();
  });
});

test("a layer that was not spooled to its end is decompressed again", async () => {
  await withLayer(async (layer, directory) => {
    const spool = new LayerSpool(directory);
    await (await spool.startLayer(layer))?.write(Buffer.from("half"));
    expect(await read(spool, layer)).toBe(CONTENT.toString());
    await spool.close();
  });
});

test.each(["/dev/shm", "/nonexistent", "/proc"])("nothing is spooled to %s", async (directory) => {
  await withLayer(async (layer) => {
    const spool = new LayerSpool(directory);
    expect(await spool.startLayer(layer)).toBeUndefined();
    expect(await read(spool, layer)).toBe(CONTENT.toString());
    await spool.close();
  });
});
