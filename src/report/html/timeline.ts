import type { TimelineEntry } from "../../pipeline/profile-result.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import { type Html, html } from "./html.ts";
import type { PlacedCase } from "./placed-case.ts";
import { PLOT_WIDTH, type TimeAxis } from "./time-axis.ts";

const LANE_HEIGHT = 20;
const GAP = 2;
/** Units; less than a screen shows. */
const LEAST_WIDTH = 0.6;
/** What is looked for can be seen, however short it was. */
const LEAST_FAILED_WIDTH = 3;
/** Rows of the table beside the picture. */
const MAX_ROWS = 1000;

/** What took how long: a lane for each VM, and the same as a table. */
export function timelineFigure(
  timeline: readonly TimelineEntry[],
  axis: TimeAxis,
  cases: readonly PlacedCase[],
): Html {
  if (timeline.length === 0) return html``;
  const byName = new Map(cases.map((placed) => [placed.reportCase.name, placed]));
  const lanes = Math.max(...new Set(timeline.map(({ vm }) => vm))) + 1;
  const size = lanes > 2 ? "more" : String(lanes);
  const legend = [
    ["boot", "boot"],
    ["reset", "reset"],
    ["test-run", "test"],
    ["test-run failed", "failed test"],
    ["test-run flaky", "flaky test"],
  ].map(
    ([kind, name]) =>
      html`<li><svg aria-hidden="true" viewBox="0 0 1 1"><rect class="${kind}" width="1" height="1"/></svg>${name}</li>`,
  );
  return html`<h3>Timeline</h3>
<figure>
<svg class="plot lanes-${size}" viewBox="0 0 ${PLOT_WIDTH} ${lanes * LANE_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${drawEntries(timeline, axis, byName)}</svg>
${axis.labels()}
<ul class="legend">${legend}</ul>
</figure>
${timelineTable(timeline, byName, lanes)}
`;
}

function drawEntries(
  timeline: readonly TimelineEntry[],
  axis: TimeAxis,
  byName: ReadonlyMap<string, PlacedCase>,
): Html[] {
  const drawnTo = new Map<string, number>();
  return timeline.flatMap((entry) => {
    const { kind, name, atMs, durationMs, vm } = entry;
    const placed = kind === "test" ? byName.get(name) : undefined;
    const verdict = placed?.reportCase.verdict ?? "passed";
    const x = axis.x(atMs);
    const least = verdict === "failed" ? LEAST_FAILED_WIDTH : LEAST_WIDTH;
    const width = Math.max(least, axis.x(durationMs));
    // Thousands of short tests would lie on top of each other.
    const key = `${vm} ${kind} ${verdict}`;
    if (x + width <= (drawnTo.get(key) ?? 0) + LEAST_WIDTH) return [];
    drawnTo.set(key, x + width);
    const type = kind === "test" ? `test-run ${verdict}` : kind;
    if (kind === "boot") return drawBoot(entry, axis);
    const box = html`<rect class="${type}" x="${x}" y="${vm * LANE_HEIGHT + GAP}" width="${width}" height="${LANE_HEIGHT - 2 * GAP}"><title>${name}: ${formatMilliseconds(durationMs)}</title></rect>`;
    // The list of tests is there for the keyboard.
    return [placed ? html`<a href="#${placed.id}" tabindex="-1">${box}</a>` : box];
  });
}

/** The parts of a boot side by side, each a little darker than the one before. */
function drawBoot(entry: TimelineEntry, axis: TimeAxis): Html[] {
  return bootParts(entry).map(
    ({ name, atMs, durationMs }, index) =>
      html`<rect class="boot part-${index % 4}" x="${axis.x(atMs)}" y="${entry.vm * LANE_HEIGHT + GAP}" width="${Math.max(LEAST_WIDTH, axis.x(durationMs))}" height="${LANE_HEIGHT - 2 * GAP}"><title>boot, ${name}: ${formatMilliseconds(durationMs)}</title></rect>`,
  );
}

interface BootPart {
  readonly name: string;
  readonly atMs: number;
  readonly durationMs: number;
}

/** What a boot consists of, one after the other. */
export function bootParts({ atMs, durationMs, phases }: TimelineEntry): BootPart[] {
  if (!phases) return [{ name: "all of it", atMs, durationMs }];
  const known = phases.reduce((sum, phase) => sum + phase.durationMs, 0);
  let at = atMs;
  return [{ name: "preparation", durationMs: Math.max(0, durationMs - known) }, ...phases].map(
    (part) => {
      const placed = { ...part, atMs: at };
      at += part.durationMs;
      return placed;
    },
  );
}

function timelineTable(
  timeline: readonly TimelineEntry[],
  byName: ReadonlyMap<string, PlacedCase>,
  lanes: number,
): Html {
  const shown = timeline.slice(0, MAX_ROWS);
  const rows = shown.flatMap((entry) => {
    const { name, kind, atMs, durationMs, vm } = entry;
    const placed = kind === "test" ? byName.get(name) : undefined;
    const label = placed ? html`<a href="#${placed.id}">${name}</a>` : html`${name}`;
    const parts = kind === "boot" && entry.phases ? bootParts(entry) : [];
    return [
      tableRow(label, { atMs, durationMs, vm }, lanes),
      ...parts.map((part) => tableRow(html`– ${part.name}`, { ...part, vm }, lanes)),
    ];
  });
  const more = timeline.length - shown.length;
  return html`<details><summary>Timeline as a table</summary><div class="inside scroll">
<table><thead><tr><th>what</th>${lanes > 1 && html`<th>VM</th>`}<th>began</th><th>took</th></tr></thead><tbody>${rows}</tbody></table>
${more > 0 && html`<p class="faint">… and ${more} more</p>`}</div></details>
`;
}

function tableRow(
  label: Html,
  { atMs, durationMs, vm }: Pick<TimelineEntry, "atMs" | "durationMs" | "vm">,
  lanes: number,
): Html {
  return html`<tr><td>${label}</td>${lanes > 1 && html`<td class="number">${vm + 1}</td>`}<td class="number">${formatMilliseconds(atMs)}</td><td class="number">${formatMilliseconds(durationMs)}</td></tr>
`;
}
