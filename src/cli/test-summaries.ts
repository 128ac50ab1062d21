import type { Verdict } from "../checks/test-result.ts";
import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { casesOf, reasonsOf } from "../report/report-cases.ts";
import { displayText, escapeControls } from "../system/display-text.ts";
import { formatBytes } from "../system/format-bytes.ts";
import { printableText } from "../system/printable-text.ts";
import type { RoomMeasurement } from "../vm/measurements.ts";
import { formatColumns } from "./columns.ts";
import { formatMilliseconds, formatTable } from "./format.ts";

const LIMIT = "volume limit";

const WORDS: Readonly<Record<Verdict, string>> = {
  passed: "pass",
  failed: "FAIL",
  skipped: "skip",
  flaky: "flaky",
};

type Rows = [label: string, value: string][];

/** `3 of 3 tests passed on documented under TCG`, or on which of several profiles the image works. */
export function describeTests({ profiles }: TestImageResult): string {
  const [first] = profiles;
  if (first && profiles.length === 1) return describeProfile(first);
  const names = (isOk: boolean) =>
    profiles
      .filter(({ ok }) => ok === isOk)
      .map(({ profile }) => profile)
      .join(", ");
  return names(false) === ""
    ? `the image works on ${names(true)}`
    : `the image works on ${names(true) || "none"}, not on ${names(false)}`;
}

function describeProfile({ tests, profile, accelerator }: ProfileResult): string {
  const place = `on ${profile} under ${accelerator.toUpperCase()}`;
  if (tests.length === 0) return `booted ${place}; no tests, and no shell to try`;
  const count = (wanted: Verdict) => tests.filter(({ verdict }) => verdict === wanted).length;
  const notes = [
    ...(count("flaky") > 0 ? [`${count("flaky")} flaky`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} not run`] : []),
  ];
  const passed = count("passed") + count("flaky");
  const note = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  return `${passed} of ${tests.length} tests passed${note} ${place}`;
}

/**
 * The table at the end of a test: what the image needed of what the VM has. Of several profiles, the verdicts
 * of the tests as well, a column for each profile.
 */
export function formatTestResult(result: TestImageResult): string {
  const [first] = result.profiles;
  if (first && result.profiles.length === 1) return formatTable(profileRows(first));
  return formatMatrix(result.profiles);
}

/** A line for each test of each profile, and why it failed. */
export function formatVerdicts({ profiles }: TestImageResult): string {
  return profiles
    .flatMap((profile) => [
      `profile ${profile.profile}`,
      ...casesOf(profile).flatMap((reportCase) => {
        const { name, verdict, repeatCommand } = reportCase;
        const line = `  ${WORDS[verdict].padEnd(5)}  ${escapeControls(name)}`;
        if (verdict === "passed") return [line];
        const reasons = printableText(reasonsOf(reportCase).join("\n")).split("\n");
        const repeat = verdict === "failed" ? [`repeat it: ${repeatCommand}`] : [];
        return [line, ...[...reasons, ...repeat].map((text) => `         ${text}`)];
      }),
    ])
    .join("\n");
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
  const verdicts = new Map(tests.map(({ name, verdict }) => [name, WORDS[verdict]]));
  if (failure?.during) verdicts.set(failure.during, failure.kind === "timeout" ? "LATE" : "ENDED");
  return verdicts;
}

/** Each label once, those of the column with the most of them first. */
function labelsOf(columns: readonly (readonly string[])[]): string[] {
  const longestFirst = [...columns].sort((a, b) => b.length - a.length);
  return [...new Set(longestFirst.flat())];
}
