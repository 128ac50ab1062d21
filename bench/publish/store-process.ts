import { PublishError } from "../../src/errors.ts";
import { RegistryTarget } from "../../src/publish/registry/registry-target.ts";

/**
 * What publishing does once the conversion has described the file: a process of its own, so that its memory can be
 * measured. Its arguments are the file, its SHA3-224, its size and its descriptor in base64.
 */
async function main(): Promise<void> {
  const [path = "", hash = "", size = "", descriptor = ""] = process.argv.slice(2);
  const target = new RegistryTarget();
  const file = {
    ...{ path, hash, name: "bench", sha256: "", size: Number(size) },
    descriptor: Buffer.from(descriptor, "base64"),
  };
  const { isNew } = await target.store(file, {
    onNote: (text) => console.error(text),
  });
  target.close();
  console.log(JSON.stringify({ isNew }));
}

main().catch((error) => {
  console.error(error instanceof PublishError ? `${error.message} ${error.details}` : error);
  process.exitCode = 1;
});
