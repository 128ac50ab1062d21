import type { ProfileResult, TimelineEntry, UsageSample } from "../../pipeline/profile-result.ts";
import { describeUse, type RoomUse, roomUses } from "../limit-texts.ts";
import { type Html, html } from "./html.ts";
import { PLOT_WIDTH, type TimeAxis } from "./time-axis.ts";

const HEIGHT = 100;
const HEADROOM = 1.1;
/** Across a plot: about as many as a screen shows. */
const MAX_POINTS = 600;

interface Point {
  readonly atMs: number;
  readonly bytes: number;
}

/** What was in use over time against its limit, a plot for each room; bands are failed tests. */
export function usageFigures(
  profile: ProfileResult,
  axis: TimeAxis,
  isFailed: (entry: TimelineEntry) => boolean,
): Html {
  const { samples, timeline } = profile;
  if (samples.length < 2) return html``;
  const bands = timeline
    .filter((entry) => entry.kind === "test" && isFailed(entry))
    .slice(0, MAX_POINTS)
    .map(
      ({ atMs, durationMs }) =>
        html`<rect class="band" x="${axis.x(atMs)}" y="0" width="${Math.max(1, axis.x(durationMs))}" height="${HEIGHT}"/>`,
    );
  const figures = roomUses(profile).map((use) => usageFigure(use, samples, axis, bands));
  return html`<h3>What was in use</h3>
<p class="faint">The dashed line is the limit; a shaded band is a failed test.</p>
${figures}`;
}

function usageFigure(
  use: RoomUse,
  samples: readonly UsageSample[],
  axis: TimeAxis,
  bands: readonly Html[],
): Html {
  const { name, limitBytes } = use;
  const machines = [...new Set(samples.map(({ vm }) => vm))];
  const series = machines.map((vm) =>
    pointsOf(
      name,
      samples.filter((sample) => sample.vm === vm),
    ),
  );
  // Between two samples there may have been more.
  const most = Math.max(use.peakBytes, ...series.flat().map(({ bytes }) => bytes));
  if (most === 0) return html``;
  const top = Math.max(most * HEADROOM, limitBytes ?? 0, 1);
  const y = (bytes: number) => Math.round(100 * (HEIGHT - (HEIGHT * bytes) / top)) / 100;
  const limit = limitBytes === null ? null : y(limitBytes);
  const caption = describeUse({ peakBytes: most, limitBytes });
  return html`<figure>
<figcaption><strong>${name}</strong>: at most ${caption}</figcaption>
<svg class="plot curve" viewBox="0 0 ${PLOT_WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${name} over time: at most ${caption}">${bands}${series.map((points) => curve(points, axis, y))}${limit !== null && html`<line class="limit" x1="0" x2="${PLOT_WIDTH}" y1="${limit}" y2="${limit}"/>`}</svg>
${axis.labels()}
</figure>
`;
}

function pointsOf(name: string, samples: readonly UsageSample[]): Point[] {
  const points = samples.flatMap(({ atMs, memory, overlay, tmp, volumes }): Point[] => {
    const bytes = { memory, overlay, "/tmp": tmp }[name] ?? volumes[name.replace(/^volume /, "")];
    return bytes === undefined || bytes === null ? [] : [{ atMs, bytes }];
  });
  return thin(points);
}

/** Of neighbours the greatest, when there are more than can be seen. */
function thin(points: readonly Point[]): Point[] {
  const each = Math.ceil(points.length / MAX_POINTS);
  if (each <= 1) return [...points];
  const kept: Point[] = [];
  for (let index = 0; index < points.length; index += each) {
    const group = points.slice(index, index + each);
    kept.push(group.reduce((most, point) => (point.bytes > most.bytes ? point : most)));
  }
  return kept;
}

function curve(points: readonly Point[], axis: TimeAxis, y: (bytes: number) => number): Html {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return html``;
  const line = points.map(({ atMs, bytes }) => `${axis.x(atMs)},${y(bytes)}`).join(" ");
  const area = `${axis.x(first.atMs)},${HEIGHT} ${line} ${axis.x(last.atMs)},${HEIGHT}`;
  return html`<polygon class="area" points="${area}"/><polyline class="line" points="${line}"/>`;
}
