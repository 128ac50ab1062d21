import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DockerEngine } from "./docker-engine.ts";

const SAMPLE_MS = 1000;
const KIBIBYTE = 1024;
/** Of /proc/PID/stat's times; Linux gives 100 to every program (sysconf(3), proc(5)). */
const TICKS_PER_SECOND = 100;

/**
 * What an engine and its containers use while a client runs: their processes are none of the client's, so
 * they are looked at every second. What a process uses after the last look at it is not counted.
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
    const processes = [
      ...(await withDescendants(String(this.engine.pid))),
      ...(await processesInGroups(this.engine.controlGroup)),
    ];
    for (const process of processes) {
      const fields = await statFields(process);
      if (fields.length < 20) continue;
      times.set(`${process} ${fields[19]}`, Number(fields[11]) + Number(fields[12]));
      const status = await read(`/proc/${process}/status`);
      const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
      this.peakBytes = Math.max(this.peakBytes, kibibytes * KIBIBYTE);
    }
  }
}

/** Where groups are: version 1 has a tree for each resource, version 2 has one (cgroups(7)). */
const CONTROL_GROUP_ROOTS = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"];

/** The processes of the groups directly below a group: there is one for each container. */
async function processesInGroups(group: string): Promise<string[]> {
  for (const root of CONTROL_GROUP_ROOTS) {
    const containers = await readdir(join(root, group), { withFileTypes: true }).catch(() => []);
    const groups = containers.filter((entry) => entry.isDirectory());
    if (groups.length === 0) continue;
    const lists = groups.map(({ name }) => read(join(root, group, name, "cgroup.procs")));
    return (await Promise.all(lists)).flatMap(words);
  }
  return [];
}

async function withDescendants(process: string): Promise<string[]> {
  const children = words(await read(`/proc/${process}/task/${process}/children`));
  const below = await Promise.all(children.map(withDescendants));
  return [process, ...below.flat()];
}

const words = (text: string) => text.split(/\s/).filter((word) => word !== "");

/** The fields of /proc/PID/stat behind the name, which may contain anything: the first is the state. */
async function statFields(process: string): Promise<string[]> {
  const text = await read(`/proc/${process}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** @returns "" for a process that has ended */
async function read(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(() => "");
}
