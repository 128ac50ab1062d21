import type { VirtualMachine } from "../../vm/virtual-machine.ts";
import {
  contentProblem,
  type FileContent,
  type FileView,
  type FoundFile,
  isDirectory,
} from "./file-view.ts";

/** As much as the guest agent answers at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** The files of a running VM, as its own guest agent sees them: what a requestor's commands will see. */
export class RunningFiles implements FileView {
  readonly #machine: Pick<VirtualMachine, "look">;

  constructor(machine: Pick<VirtualMachine, "look">) {
    this.#machine = machine;
  }

  find(path: string): Promise<FoundFile | undefined> {
    return this.#machine.look({ path, follow: false, offset: 0, length: 0 });
  }

  follow(path: string): Promise<FoundFile | undefined> {
    return this.#machine.look({ path, follow: true, offset: 0, length: 0 });
  }

  async read(path: string, limit: number): Promise<FileContent> {
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      const wanted = Math.min(CHUNK_BYTES, limit + 1 - length);
      const file = await this.#machine.look({ path, follow: true, offset: length, length: wanted });
      const problem = contentProblem(path, file);
      if (problem !== undefined || file === undefined) return { problem: problem ?? "" };
      chunks.push(file.content);
      length += file.content.length;
      if (file.content.length === 0 || length > limit) break;
    }
    const bytes = Buffer.concat(chunks);
    return { bytes: bytes.subarray(0, limit), isCut: length > limit };
  }

  async list(path: string): Promise<string[]> {
    const directory = await this.#machine.look({
      path,
      follow: true,
      offset: 0,
      length: CHUNK_BYTES,
    });
    if (directory === undefined || !isDirectory(directory)) return [];
    return directory.content.toString().split("\0").filter(Boolean).sort();
  }
}
