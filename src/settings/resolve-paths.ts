import { isAbsolute, join } from "node:path";
import type { SettingsFile } from "./schema.ts";
import type { Settings } from "./settings.ts";
import type { GetSettings, PutSettings, TestSettings } from "./test-settings.ts";

/**
 * Joins every path of this machine with the directory of the settings file, as that was given: a
 * relative one stays relative to the working directory, which keeps messages short.
 *
 * @param defaults what follows from the context when the file does not say it
 */
export function resolvePaths(
  file: SettingsFile,
  directory: string,
  defaults: Pick<Settings, "name" | "dockerfile">,
): Settings {
  const at = (path: string) => (isAbsolute(path) ? path : join(directory, path));
  const { output } = file.convert;
  const { secrets } = file.build;
  const { kernel, runtime, console } = file.vm;
  const { to } = file.publish;
  return {
    ...file,
    name: file.name ?? defaults.name,
    dockerfile: file.dockerfile === undefined ? defaults.dockerfile : at(file.dockerfile),
    build: {
      ...file.build,
      ...(secrets && {
        secrets: Object.fromEntries(
          Object.entries(secrets).map(([id, source]) => [
            id,
            source.file === undefined ? source : { file: at(source.file) },
          ]),
        ),
      }),
    },
    convert: { ...file.convert, ...(output !== undefined && { output: at(output) }) },
    vm: {
      ...file.vm,
      ...(file.vm.profiles && { profile: file.vm.profiles[0] }),
      runtime: {
        ...runtime,
        ...(runtime.path !== undefined && { path: at(runtime.path) }),
      },
      ...(kernel && { kernel: { image: at(kernel.image), modules: at(kernel.modules) } }),
      ...(console !== undefined && { console: at(console) }),
    },
    tests: file.tests.map((test) => resolveTest(test, at)),
    testFiles: file.testFiles.map(at),
    publish: {
      ...file.publish,
      ...(to?.kind === "directory" && { to: { ...to, directory: at(to.directory) } }),
    },
  };
}

type At = (path: string) => string;

function resolveTest(test: SettingsFile["tests"][number], at: At): TestSettings {
  const { script, steps, instances } = test;
  return {
    ...test,
    put: test.put.map((entry) => resolvePut(entry, at)),
    get: test.get.map((entry) => resolveGet(entry, at)),
    ...(script !== undefined && { script: at(script) }),
    ...(steps && {
      steps: steps.map((step) => ({
        ...step,
        ...(step.put && { put: resolvePut(step.put, at) }),
        ...(step.get && { get: resolveGet(step.get, at) }),
      })),
    }),
    ...(instances && {
      instances: Object.fromEntries(
        Object.entries(instances).map(([name, instance]) => [
          name,
          { ...instance, ...(instance.image !== undefined && { image: at(instance.image) }) },
        ]),
      ),
    }),
  };
}

const resolvePut = ({ from, to }: PutSettings, at: At): PutSettings => ({ from: at(from), to });

const resolveGet = ({ from, to }: GetSettings, at: At): GetSettings => ({ from, to: at(to) });
