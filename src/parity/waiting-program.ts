import type { Entry } from "../oci/entry.ts";
import { staticProgram } from "../system/static-program.ts";

/** What keeps a container alive: no program of the image can be counted on, not even a shell. */
export const WAITING_PROGRAM = "/.golem-image-waits";

/** pause(2) without an end: mov eax, 34; syscall; jmp to the start. */
const PAUSE = Buffer.from([0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]);

/** The program as a file in an image's root directory. */
export function waitingProgram(): Entry {
  const content = staticProgram(PAUSE);
  return {
    path: WAITING_PROGRAM.slice(1),
    type: "file",
    mode: 0o755,
    uid: 0,
    gid: 0,
    modified: { seconds: 0, nanoseconds: 0 },
    size: content.length,
    extendedAttributes: new Map(),
    content: (async function* () {
      yield content;
    })(),
  };
}
