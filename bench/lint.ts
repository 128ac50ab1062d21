import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError } from "../src/errors.ts";
import type { LintBenchOptions } from "./arguments.ts";
import { buildProgram } from "./contenders/golem-image.ts";
import type { BenchReport } from "./convert.ts";
import { formatLintResults } from "./lint/report.ts";
import { describeHardware, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";

/** As people write them, with something to find. */
const DOCKERFILE = `# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
ARG VERSION=1.0
WORKDIR /build
COPY requirements.txt .
RUN pip install --no-cache-dir --prefix=/install -r requirements.txt

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 \\
    APP_HOME=/app \\
    PORT=8080
RUN apt-get update \\
    && apt-get install -y --no-install-recommends ffmpeg imagemagick \\
    && rm -rf /var/lib/apt/lists/* \\
    && useradd --create-home app
COPY --from=build /install /usr/local
COPY . $APP_HOME
VOLUME /golem/input /golem/output
WORKDIR $APP_HOME
EXPOSE 8080
USER app
HEALTHCHECK CMD python healthcheck.py
ENTRYPOINT ["python", "-m", "app"]
CMD ["--port", "8080"]
`;

/** Lints a Dockerfile, whole process, in turn with a node that does nothing; nothing is asserted of speed. */
export async function benchmarkLint(
  options: LintBenchOptions & { readonly repository: string; readonly signal?: AbortSignal },
): Promise<BenchReport> {
  const { runs, directory, repository, signal } = options;
  const place = join(directory, `lint-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    const program = await buildProgram(repository, join(place, "program"), signal);
    await writeFile(join(place, "Dockerfile"), DOCKERFILE);
    const lint = [program, "lint", place, "--fail-on", "never"];
    const remarks = loadRemarks();
    // The first ones read the program from the disk.
    await milliseconds(lint);
    await milliseconds(["-e", "0"]);
    const floors: number[] = [];
    const lints: number[] = [];
    for (let round = 1; round <= runs; round++) {
      signal?.throwIfAborted();
      floors.push(await milliseconds(["-e", "0"]));
      lints.push(await milliseconds(lint));
    }
    const markdown = formatLintResults({
      runs,
      date: new Date().toISOString().slice(0, 10),
      machine: [`${describeHardware()}; node ${process.versions.node}`],
      remarks,
      floors,
      lints,
    });
    if (options.write) {
      await writeSections(join(repository, "docs", "benchmarks.md"), { lint: markdown });
    }
    return { markdown, isSound: true };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Runs node to its end, with nothing in PATH: lint needs no other program. */
function milliseconds(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { env: { PATH: "" }, stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(performance.now() - started);
      else reject(new ConversionError(`node ${args.join(" ")} failed (${code ?? signal}).`));
    });
  });
}
