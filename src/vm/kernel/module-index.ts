import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { declaredDependencies, readModule } from "./module-file.ts";
import { isModuleFile, moduleName } from "./module-name.ts";

/** What a kernel's module directory (`/lib/modules/<release>`) holds. */
export interface ModuleIndex {
  /** True when the module is part of the kernel image itself. */
  isBuiltIn(name: string): boolean;
  /** The module's file, absolute, or undefined when this kernel does not have it. */
  fileOf(name: string): string | undefined;
  /** The names of the modules that must be loaded before this one. */
  dependenciesOf(name: string): Promise<readonly string[]>;
}

/**
 * Reads `modules.dep` and `modules.builtin`; where depmod has not run, the modules themselves are asked.
 *
 * @param directory `/lib/modules/<release>` of an installed or unpacked kernel
 */
export async function readModuleIndex(directory: string): Promise<ModuleIndex> {
  const builtIn = new Set(
    linesOf(await readTextIfPresent(join(directory, "modules.builtin"))).map(moduleName),
  );
  const dependencyText = await readTextIfPresent(join(directory, "modules.dep"));
  if (dependencyText !== undefined) {
    const table = parseModulesDep(dependencyText);
    return {
      isBuiltIn: (name) => builtIn.has(name),
      fileOf: (name) => absolute(directory, table.get(name)?.file),
      dependenciesOf: async (name) => table.get(name)?.dependencies ?? [],
    };
  }
  const files = await listModules(directory);
  return {
    isBuiltIn: (name) => builtIn.has(name),
    fileOf: (name) => absolute(directory, files.get(name)),
    dependenciesOf: async (name) => {
      const file = files.get(name);
      return file === undefined
        ? []
        : declaredDependencies(await readModule(join(directory, file))).map(moduleName);
    },
  };
}

/**
 * Parses the text of `modules.dep`: `path: dependency paths...`, all relative to the directory.
 *
 * @see https://man7.org/linux/man-pages/man5/modules.dep.5.html
 */
export function parseModulesDep(
  text: string,
): Map<string, { file: string; dependencies: string[] }> {
  const table = new Map<string, { file: string; dependencies: string[] }>();
  for (const line of linesOf(text)) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const file = line.slice(0, colon);
    const dependencies = line
      .slice(colon + 1)
      .split(" ")
      .filter((path) => path !== "")
      .map(moduleName);
    table.set(moduleName(file), { file, dependencies });
  }
  return table;
}

async function listModules(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(join(directory, "kernel"), {
    recursive: true,
    withFileTypes: true,
  });
  for (const entry of entries) {
    if (!entry.isFile() || !isModuleFile(entry.name)) continue;
    files.set(moduleName(entry.name), relative(directory, join(entry.parentPath, entry.name)));
  }
  return files;
}

function linesOf(text: string | undefined): string[] {
  return (text ?? "").split("\n").filter((line) => line !== "");
}

function absolute(directory: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : join(directory, file);
}

async function readTextIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
