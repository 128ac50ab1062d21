const actions = new Set<() => void>();

// One listener for all: Node warns of a leak from the eleventh on, and twenty VMs at once are none.
process.once("exit", () => {
  for (const action of actions) action();
});

/**
 * Runs `action` when the process ends without unwinding (process.exit, a second Ctrl-C).
 *
 * @param action must not throw, and nobody waits for it
 * @returns a function after which it is not run any more
 */
export function atExit(action: () => void): () => void {
  // Twice the same function is two actions.
  const own = () => action();
  actions.add(own);
  return () => actions.delete(own);
}
