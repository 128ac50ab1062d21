import { VmError } from "../../errors.ts";
import type { BuiltInCheck } from "../../settings/test-settings.ts";
import { LimitedBuffer } from "../../system/limited-buffer.ts";
import { openVolumeFile, writeVolumeFile } from "../../vm/volume-files.ts";
import { type FileView, isDirectory } from "../files/file-view.ts";
import { goFileMode } from "../files/go-file-mode.ts";
import { machineOf, type Reach, type TestContext, type TestOutcome } from "../planned-test.ts";
import { runCommandStep } from "../run-command-step.ts";
import { guestFiles } from "../structure/guest-files.ts";
import type { StepResult } from "../test-result.ts";
import { runEntrypointAsInit } from "./entrypoint-as-init.ts";

export interface CheckDefinition {
  readonly reach: Reach;
  readonly isLast?: boolean;
  readonly run: (context: TestContext, timeoutMs: number | undefined) => Promise<TestOutcome>;
}

/** The checks that tests can name. */
export const CHECKS: Readonly<Record<BuiltInCheck, CheckDefinition>> = {
  // Whoever has a VM to look at has seen it boot, with its volumes mounted.
  boots: { reach: "looks", run: async () => ({ problems: [], steps: [] }) },
  "volumes-writable": { reach: "changes", run: checkVolumes },
  // What it is about is known without a VM.
  "fits-overlay": { reach: "image", isLast: true, run: checkOverlay },
  "non-root-can-read-root": { reach: "looks", run: checkRoot },
  "entrypoint-as-init": { reach: "changes", run: runEntrypointAsInit },
};

const PROBE = "golem-image-probe";
const MAX_PROBE_BYTES = 1024;

/** A file goes into each volume and is seen in the VM; one that the VM writes is seen outside. */
async function checkVolumes(context: TestContext): Promise<TestOutcome> {
  const machine = machineOf(context);
  const files = guestFiles(context);
  const hasShell = (await files.follow("/bin/sh")) !== undefined;
  const steps: StepResult[] = [];
  const problems: string[] = [];
  if (machine.volumes.length === 0) {
    return {
      problems: ["the image has no VOLUME, so no file can be sent to it or fetched from it"],
      steps,
      explanation: { rule: "GVM001", text: "Golem transfers files only into and out of volumes." },
    };
  }
  for (const { guestPath } of machine.volumes) {
    const sent = `${guestPath}/${PROBE}-in`;
    await writeVolumeFile(machine.volumes, sent, oneChunk(PROBE));
    if (!hasShell) {
      if (machine.isOurs && (await files.follow(sent)) === undefined) {
        problems.push(`a file that was put at ${sent} is not there in the VM`);
      }
      continue;
    }
    const script = 'read -r line < "$1" && printf %s "$line" > "$2"';
    const { outcome, step } = await runCommandStep(
      machine,
      { argv: ["/bin/sh", "-c", script, "sh", sent, `${guestPath}/${PROBE}-out`], name: guestPath },
      context.limits,
    );
    steps.push(step);
    const came = await probeContent(machine, `${guestPath}/${PROBE}-out`);
    if (outcome.exit?.exitCode !== 0 || came !== PROBE) {
      problems.push(
        `${guestPath} cannot be written to from the VM: ${outcome.problem ?? (outcome.stderr.trim() || "nothing came out")}`,
      );
    }
  }
  return { problems, steps };
}

async function probeContent(
  { volumes }: ReturnType<typeof machineOf>,
  path: string,
): Promise<string | undefined> {
  const opened = await openVolumeFile(volumes, path);
  if ("problem" in opened) return undefined;
  try {
    const content = new LimitedBuffer(MAX_PROBE_BYTES);
    const stream = opened.createReadStream({ autoClose: false, end: MAX_PROBE_BYTES - 1 });
    for await (const chunk of stream) content.append(chunk);
    return content.toString();
  } finally {
    await opened.close();
  }
}

/** `read` of a shell wants a whole line. */
async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${text}\n`);
}

/** Room that must be left in the overlay: less than this is as good as none. */
const LEAST_FREE_SHARE = 0.02;

async function checkOverlay({ overlayPeak }: TestContext): Promise<TestOutcome> {
  const overlay = overlayPeak();
  if (overlay === undefined) {
    return {
      problems: [
        "how full the overlay was is not known: no test ran in a VM, or the official runtime's agent does not tell",
      ],
      steps: [],
    };
  }
  const { sizeBytes, peakBytes } = overlay;
  if (peakBytes < sizeBytes * (1 - LEAST_FREE_SHARE)) return { problems: [], steps: [] };
  return {
    problems: [
      `the tests before it filled what can be written outside volumes: ${peakBytes} of ${sizeBytes} bytes`,
    ],
    steps: [],
    explanation: {
      rule: "GVM015",
      text: "Outside volumes only a small overlay in memory can be written to: let programs write to a VOLUME.",
    },
  };
}

/** Whether another user than root gets anywhere: the documented runtime makes / root's alone. */
async function checkRoot(context: TestContext): Promise<TestOutcome> {
  const root = await rootDirectory(guestFiles(context));
  if (root === undefined) throw new VmError("The VM has no root directory.");
  const READ_AND_SEARCH = 0o005;
  if (isDirectory(root) && (root.mode & READ_AND_SEARCH) === READ_AND_SEARCH) {
    return { problems: [], steps: [] };
  }
  return {
    problems: [
      `the root directory has the mode ${goFileMode(root.mode)}, so users other than root have access to nothing`,
    ],
    steps: [],
    explanation: {
      rule: "GVM013",
      text: `On profile ${context.profile} every process that is not root loses access to all files. The cure is "/bin/chmod a+rx /" as the requestor's first command.`,
    },
  };
}

function rootDirectory(files: FileView) {
  return files.follow("/");
}
