import { isAbsolute, join } from "node:path";
import type { SettingsFile } from "./schema.ts";
import type { Settings } from "./settings.ts";

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
  const { kernel, runtime, console } = file.vm;
  const { to } = file.publish;
  return {
    ...file,
    name: file.name ?? defaults.name,
    dockerfile: file.dockerfile === undefined ? defaults.dockerfile : at(file.dockerfile),
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
    tests: file.tests.map((test) => ({
      ...test,
      put: test.put.map(({ from, to }) => ({ from: at(from), to })),
      get: test.get.map(({ from, to }) => ({ from, to: at(to) })),
    })),
    publish: {
      ...file.publish,
      ...(to?.kind === "directory" && { to: { ...to, directory: at(to.directory) } }),
    },
  };
}
