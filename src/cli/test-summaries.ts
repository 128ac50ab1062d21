import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { VERDICT_WORDS } from "../report/format-verdicts.ts";
import { displayText, escapeControls } from "../system/display-text.ts";
import { formatBytes } from "../system/format-bytes.ts";
import type { RoomMeasurement } from "../vm/measurements.ts";
import { formatColumns } from "./columns.ts";
import { formatMilliseconds, formatTable } from "./format.ts";

const LIMIT = "volume limit";

type Rows = [label: string, value: string][];

/**
 * The table at the end of a test: what the image needed of what the VM has. Of several profiles, the verdicts
 * of the tests as well, a column for each profile.
 */
export function formatTestResult(result: TestImageResult): string {
  const [first] = result.profiles;
  if (first && result.profiles.length === 1) return formatTable(profileRows(first));
  return formatMatrix(result.profiles);
}

/** What one profile took and had. */
export function profileRows(result: ProfileResult): Rows {
  const { runtime, readyMs, measurements } = result;
  const rows: Rows = [["runtime", `${runtime.name} ${runtime.version}`]];
  if (readyMs !== null) rows.push(["boot", `${readyMs} ms until ready`]);
  if (measurements === null) return rows;
  const { cpuSeconds, hostMemoryPeakBytes, memory, overlay, tmp, volumes, storage } = measurements;
  if (cpuSeconds !== null) rows.push(["CPU time", formatMilliseconds(cpuSeconds * 1000)]);
  if (memory) rows.push(["memory", describeRoom(memory)]);
  if (hostMemoryPeakBytes !== null) {
    rows.push(["memory of QEMU", formatBytes(hostMemoryPeakBytes)]);
  }
  if (overlay) rows.push(["overlay", describeRoom(overlay)]);
  if (tmp) rows.push(["/tmp", describeRoom(tmp)]);
  const limit = storage.enforcement === "none" ? "" : ` of ${storage.limitMib} MiB`;
  for (const { path, bytes } of volumes) {
    rows.push([`volume ${displayText(path)}`, `${formatBytes(bytes)}${limit}`]);
  }
  if (storage.enforcement !== "none") {
    const how = storage.enforcement === "enforced" ? "enforced" : "checked afterwards";
    rows.push([LIMIT, `${how}: ${storage.reason}`]);
  }
  return rows;
}

function describeRoom({ sizeBytes, usedBytes, peakBytes }: RoomMeasurement): string {
  const used = peakBytes === null ? `${formatBytes(usedBytes)} at the end` : formatBytes(peakBytes);
  return `${used} of ${formatBytes(sizeBytes)}`;
}

const ABSENT = "-";

function formatMatrix(profiles: readonly ProfileResult[]): string {
  const measured = profiles.map((profile) => new Map(profileRows(profile)));
  // The limit is the same for all, and long.
  const labels = labelsOf(measured.map((rows) => [...rows.keys()])).filter(
    (label) => label !== LIMIT,
  );
  const verdicts = profiles.map(verdictsOf);
  const tests = labelsOf(verdicts.map((names) => [...names.keys()]));
  const row = (label: string, columns: readonly ReadonlyMap<string, string>[]) => [
    displayText(label),
    ...columns.map((column) => column.get(label) ?? ABSENT),
  ];
  const table = formatColumns([
    ["", ...profiles.map(({ profile }) => profile)],
    ...tests.map((name) => row(name, verdicts)),
    ["works", ...profiles.map(({ ok }) => (ok ? "yes" : "NO"))],
    ...labels.map((label) => row(label, measured)),
  ]);
  const limit = measured.flatMap((rows) => rows.get(LIMIT) ?? [])[0];
  const reasons = profiles.flatMap(({ profile, failure }) =>
    failure ? [`${profile}: ${escapeControls(failure.message)}`] : [],
  );
  return [table, ...(limit === undefined ? [] : [`${LIMIT} ${limit}`]), ...reasons].join("\n");
}

function verdictsOf({ tests, failure }: ProfileResult): Map<string, string> {
  const verdicts = new Map(tests.map(({ name, verdict }) => [name, VERDICT_WORDS[verdict]]));
  if (failure?.during) verdicts.set(failure.during, failure.kind === "timeout" ? "LATE" : "ENDED");
  return verdicts;
}

/** Each label once, those of the column with the most of them first. */
function labelsOf(columns: readonly (readonly string[])[]): string[] {
  const longestFirst = [...columns].sort((a, b) => b.length - a.length);
  return [...new Set(longestFirst.flat())];
}
