import type { PublishProgress } from "../publish-target.ts";

/** How long ago a transfer's speed is measured from, in milliseconds. */
const WINDOW_MS = 10_000;
/** Closer together, what was measured is not kept. */
const SAMPLE_MS = 250;
/** Before, a speed says nothing. */
const LEAST_MS = 1000;

export interface TransferSpeed extends PublishProgress {
  /** Over the last ten seconds; undefined in the first one. */
  readonly bytesPerSecond: number | undefined;
  /** Until all is done at this speed. */
  readonly secondsLeft: number | undefined;
}

interface Sample {
  readonly time: number;
  readonly done: number;
}

/** Tells how fast each step of a transfer goes, and how long it will take. */
export class TransferMeter {
  private samples: Sample[] = [];
  private step: PublishProgress["step"] | undefined;

  /** @param now milliseconds, from any beginning */
  constructor(private readonly now: () => number = () => performance.now()) {}

  add(progress: PublishProgress): TransferSpeed {
    const { step, done, total } = progress;
    const time = this.now();
    const last = this.samples.at(-1);
    // What has to be sent again is no movement backwards.
    if (step !== this.step || done < (last?.done ?? 0)) this.samples = [];
    this.step = step;
    if (this.samples.length === 0 || time - (last?.time ?? 0) >= SAMPLE_MS) {
      this.samples.push({ time, done });
    }
    while (this.samples.length > 2 && time - (this.samples[0]?.time ?? 0) > WINDOW_MS) {
      this.samples.shift();
    }
    const first = this.samples[0];
    const elapsed = time - (first?.time ?? time);
    const moved = done - (first?.done ?? done);
    if (elapsed < LEAST_MS || moved <= 0) {
      return { ...progress, bytesPerSecond: undefined, secondsLeft: undefined };
    }
    const bytesPerSecond = (moved / elapsed) * 1000;
    return { ...progress, bytesPerSecond, secondsLeft: (total - done) / bytesPerSecond };
  }
}

const MEBIBYTE = 1024 ** 2;

/** `uploading 43 % at 12.3 MiB/s, 5 s left` */
export function describeTransfer(speed: TransferSpeed): string {
  const { step, done, total, bytesPerSecond, secondsLeft } = speed;
  const share = `${step} ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`;
  if (bytesPerSecond === undefined || secondsLeft === undefined) return share;
  const rate = (bytesPerSecond / MEBIBYTE).toFixed(bytesPerSecond < MEBIBYTE ? 2 : 1);
  const seconds = Math.ceil(secondsLeft);
  const left = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${share} at ${rate} MiB/s, ${left} left`;
}
