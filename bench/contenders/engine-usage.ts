import { readdir, readFile } from "node:fs/promises";
import type { DockerEngine } from "./docker-engine.ts";

const SAMPLE_MS = 250;
const KIBIBYTE = 1024;
/** Of /proc/PID/stat's times; Linux gives 100 to every program (sysconf(3), proc(5)). */
const TICKS_PER_SECOND = 100;

/**
 * What an engine and its containers use while a client runs: their processes are none of the client's, so
 * they are looked at four times a second. What a process uses after the last look at it is not counted.
 */
export class EngineUsage {
  private readonly before = new Map<string, number>();
  private readonly latest = new Map<string, number>();
  private peakBytes = 0;
  private readonly timer: NodeJS.Timeout;
  private sampling: Promise<void> = Promise.resolve();

  private constructor(private readonly engine: DockerEngine) {
    this.timer = setInterval(() => {
      this.sampling = this.sample(this.latest);
    }, SAMPLE_MS);
  }

  static async start(engine: DockerEngine): Promise<EngineUsage> {
    const usage = new EngineUsage(engine);
    await usage.sample(usage.before);
    usage.peakBytes = 0;
    return usage;
  }

  async finish(): Promise<{ cpuSeconds: number; peakBytes: number }> {
    this.stop();
    await this.sampling;
    await this.sample(this.latest);
    let ticks = 0;
    for (const [process, used] of this.latest) ticks += used - (this.before.get(process) ?? 0);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, peakBytes: this.peakBytes };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async sample(times: Map<string, number>): Promise<void> {
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const parents = new Map<string, { parent: string; start: string; ticks: number }>();
    for (const process of processes) {
      const fields = await statFields(process);
      const [parent, start] = [fields[1], fields[19]];
      if (parent === undefined || start === undefined) continue;
      parents.set(process, { parent, start, ticks: Number(fields[11]) + Number(fields[12]) });
    }
    for (const [process, { start, ticks }] of parents) {
      const isOurs = isBelow(process, String(this.engine.pid), parents);
      if (!isOurs && !(await this.isContained(process))) continue;
      times.set(`${process} ${start}`, ticks);
      const status = await read(`/proc/${process}/status`);
      const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
      this.peakBytes = Math.max(this.peakBytes, kibibytes * KIBIBYTE);
    }
  }

  private async isContained(process: string): Promise<boolean> {
    return (await read(`/proc/${process}/cgroup`)).includes(`${this.engine.controlGroup}/`);
  }
}

/** The fields of /proc/PID/stat behind the name, which may contain anything: the first is the state. */
async function statFields(process: string): Promise<string[]> {
  const text = await read(`/proc/${process}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** @returns "" for a process that has ended */
async function read(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(() => "");
}

function isBelow(
  process: string,
  ancestor: string,
  parents: ReadonlyMap<string, { parent: string }>,
): boolean {
  for (let at: string | undefined = process; at !== undefined; at = parents.get(at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}
