import type { ProfileResult } from "../../pipeline/profile-result.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import { type Html, html } from "./html.ts";

/** Units across a plot, which is stretched to the page's width. */
export const PLOT_WIDTH = 1000;

const TICKS = 5;

/** The time that all plots of a profile share. */
export class TimeAxis {
  readonly endMs: number;

  constructor({ timeline, samples }: Pick<ProfileResult, "timeline" | "samples">) {
    let end = 1;
    for (const { atMs, durationMs } of timeline) end = Math.max(end, atMs + durationMs);
    for (const { atMs } of samples) end = Math.max(end, atMs);
    this.endMs = end;
  }

  /** @returns units from the left, with two digits */
  x(milliseconds: number): number {
    return Math.round((100 * PLOT_WIDTH * milliseconds) / this.endMs) / 100;
  }

  labels(): Html {
    const ticks = Array.from({ length: TICKS }, (_none, index) => {
      return html`<span>${formatMilliseconds((this.endMs * index) / (TICKS - 1))}</span>`;
    });
    return html`<div class="axis" aria-hidden="true">${ticks}</div>`;
  }
}
