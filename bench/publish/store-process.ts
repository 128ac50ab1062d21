import { PublishError } from "../../src/errors.ts";
import { type HashedGvmi, hashFile } from "../../src/gvmi/hash-file.ts";
import { RegistryTarget } from "../../src/publish/registry/registry-target.ts";

/**
 * What publishing does: a process of its own, so that its memory can be measured. Its arguments are the file, and what a
 * conversion knows of it: its SHA3-224, its size and its descriptor in base64. Without these it is read for them first.
 */
async function main(): Promise<void> {
  const [path = "", ...described] = process.argv.slice(2);
  const target = new RegistryTarget();
  const file = { path, name: "bench", ...(known(described) ?? (await hashFile(path))) };
  const { isNew } = await target.store(file, {
    onNote: (text) => console.error(text),
  });
  target.close();
  console.log(JSON.stringify({ isNew }));
}

function known([hash, size, descriptor]: readonly string[]): HashedGvmi | undefined {
  if (hash === undefined || descriptor === undefined) return undefined;
  return { hash, sha256: "", size: Number(size), descriptor: Buffer.from(descriptor, "base64") };
}

main().catch((error) => {
  console.error(error instanceof PublishError ? `${error.message} ${error.details}` : error);
  process.exitCode = 1;
});
