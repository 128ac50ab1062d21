import { Lock } from "../lock.ts";
import { RequestError } from "../request-error.ts";

const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly since: number;
  count: number;
}

/** Lets an address guess a few tokens in a minute. */
export class FailureLimit {
  private readonly failures = new Map<string, Failures>();
  private readonly turns = new Map<string, { readonly lock: Lock; waiting: number }>();

  constructor(
    private readonly most: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Runs the attempts of an address one after the other: many at once are no way around the limit, and those
   * that succeed never meet it.
   *
   * @returns whether the attempt succeeded
   * @throws {RequestError} 429, when the address has failed too often
   */
  async attempt(address: string, verify: () => Promise<boolean>): Promise<boolean> {
    const turns = this.turns.get(address) ?? { lock: new Lock(), waiting: 0 };
    this.turns.set(address, turns);
    turns.waiting += 1;
    try {
      return await turns.lock.hold(async () => {
        this.assertAllowed(address);
        const isRight = await verify();
        if (!isRight) this.add(address);
        return isRight;
      });
    } finally {
      turns.waiting -= 1;
      if (turns.waiting === 0) this.turns.delete(address);
    }
  }

  /** @throws {RequestError} 429, when the address has failed too often */
  assertAllowed(address: string): void {
    const found = this.current(address);
    if (!found || found.count < this.most) return;
    const seconds = Math.ceil((found.since + WINDOW_MS - this.now()) / 1000);
    throw new RequestError(429, "Too many logins failed.", Math.max(1, seconds));
  }

  add(address: string): void {
    const found = this.current(address);
    if (found) {
      found.count += 1;
      return;
    }
    if (this.failures.size >= MAX_ADDRESSES) this.failures.clear();
    this.failures.set(address, { since: this.now(), count: 1 });
  }

  private current(address: string): Failures | undefined {
    const found = this.failures.get(address);
    if (found && this.now() - found.since < WINDOW_MS) return found;
    this.failures.delete(address);
    return undefined;
  }
}
