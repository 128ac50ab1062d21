import type { FileView } from "../checks/files/file-view.ts";
import type { Gvmi } from "../gvmi/read.ts";
import type { CauseId } from "./parity-result.ts";

/** What is known of the image before anything is run. */
export interface ProbeSubject {
  readonly gvmi: Pick<Gvmi, "env" | "volumes" | "entrypoint" | "cmd" | "workingDirectory">;
  readonly atRest: FileView | undefined;
}

/** A question whose answer an image meets on both sides. */
export interface Probe {
  readonly id: string;
  readonly title: string;
  readonly cause: CauseId;
  /** For /bin/sh -c; what it prints is the answer. */
  readonly script: string;
  readonly args: readonly string[];
  /** Who asks; as any command of that side when absent. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** A script that root runs before, with the same arguments. When it prints something, that is the answer. */
  readonly prepare?: string;
  /** Milliseconds that each script may take, when not as long as others. */
  readonly timeoutMs?: number;
  /** The answer when the command that asks fails. */
  readonly whenItFails?: string;
  /** What Docker would answer, as far as the image says; undefined when only Docker knows. */
  readonly expected?: string;
}
