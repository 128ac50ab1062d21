export const STAGES = [
  "lint",
  "build",
  "convert",
  "test",
  "publish",
  "size",
  "parity",
  "verify",
] as const;

export type StageName = (typeof STAGES)[number];

/** Where stages tell a person what they are doing. */
export interface Progress {
  stageStarted(stage: StageName): void;
  /** What is being done right now; replaced by the next one. */
  detail(text: string): void;
  /** A line that stays, such as a finding or a test's verdict. */
  note(text: string): void;
  stageFinished(stage: StageName, summary: string, milliseconds: number): void;
  stageSkipped(stage: StageName, reason: string): void;
  /** The stage that was running has failed; the error itself is reported elsewhere. */
  stageFailed(stage: StageName, milliseconds: number): void;
}

/**
 * Runs one stage and tells `progress` how it went.
 *
 * @param summarize one line about the result
 */
export async function runStage<T>(
  stage: StageName,
  progress: Progress,
  body: () => Promise<T>,
  summarize: (result: T) => string,
): Promise<{ result: T; milliseconds: number }> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  progress.stageStarted(stage);
  try {
    const result = await body();
    const milliseconds = elapsed();
    progress.stageFinished(stage, summarize(result), milliseconds);
    return { result, milliseconds };
  } catch (error) {
    progress.stageFailed(stage, elapsed());
    throw error;
  }
}
