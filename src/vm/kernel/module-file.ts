import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { decompress as decompressZstandard } from "fzstd";
import { XzReadableStream } from "xz-decompress";

/** A kernel module as the kernel loads it: decompressed, whatever suffix its file has. */
export async function readModule(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (path.endsWith(".xz")) return decompressXz(bytes);
  if (path.endsWith(".zst")) return Buffer.from(decompressZstandard(bytes));
  if (path.endsWith(".gz")) return gunzipSync(bytes);
  return bytes;
}

async function decompressXz(bytes: Uint8Array): Promise<Buffer> {
  const decompressed = new XzReadableStream(new Blob([new Uint8Array(bytes)]).stream());
  return Buffer.from(await new Response(decompressed).arrayBuffer());
}

/**
 * The modules that a module says it needs, from the `depends=` line of its `.modinfo` section.
 *
 * A kernel package that was unpacked, not installed, has no `modules.dep`: depmod writes that file.
 *
 * @see https://docs.kernel.org/kbuild/modules.html
 */
export function declaredDependencies(module: Buffer): string[] {
  const marker = Buffer.from("\0depends=", "latin1");
  const start = module.indexOf(marker);
  if (start === -1) return [];
  const end = module.indexOf(0, start + marker.length);
  const text = module.toString("latin1", start + marker.length, end === -1 ? undefined : end);
  return text.split(",").filter((name) => name !== "");
}
