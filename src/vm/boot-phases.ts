/** A part of a boot; each begins where the one before it ended, the first at QEMU's start. */
export interface BootPhase {
  /** Such as `kernel and guest agent`. */
  readonly name: string;
  readonly durationMs: number;
}

/** Takes the time of a boot's parts. */
export class BootClock {
  readonly startedAt = performance.now();
  readonly #phases: BootPhase[] = [];
  #phaseStartedAt = this.startedAt;

  /** Ends a phase, and begins the next one. */
  end(name: string): void {
    const now = performance.now();
    this.#phases.push({ name, durationMs: Math.round(now - this.#phaseStartedAt) });
    this.#phaseStartedAt = now;
  }

  get phases(): readonly BootPhase[] {
    return this.#phases;
  }
}
