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

  constructor(
    private readonly most: number,
    private readonly now: () => number = Date.now,
  ) {}

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

  /** Takes one back that was added before it was known. */
  remove(address: string): void {
    const found = this.current(address);
    if (found) found.count = Math.max(0, found.count - 1);
  }

  private current(address: string): Failures | undefined {
    const found = this.failures.get(address);
    if (found && this.now() - found.since < WINDOW_MS) return found;
    this.failures.delete(address);
    return undefined;
  }
}
