/**
 * Ends the process as soon as nothing is going on in it any more. Node 20 now and then spins for ever when it takes
 * itself down after a connection broke while it was made (`Environment::CleanupHandles` waits for a request that was
 * lost); an exit does not wait for such.
 *
 * @param beforeExit may still set the exit code
 */
export function exitWhenIdle(beforeExit: () => void = () => {}): void {
  process.once("beforeExit", () => {
    beforeExit();
    process.exit();
  });
}
