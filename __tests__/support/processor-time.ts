/**
 * How long this process has worked on something: what else runs on the machine does not count.
 *
 * @returns seconds
 */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
