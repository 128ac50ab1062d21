import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { banner, ...options } = bundleOptions;

/** What is shipped: each in a directory of its own below `dist`, from the sources it is named after. */
export const PROGRAMS = {
  cli: "src/cli/index.ts",
  lint: "src/actions/lint/index.ts",
  build: "src/actions/build/index.ts",
  convert: "src/actions/convert/index.ts",
  test: "src/actions/test/index.ts",
  publish: "src/actions/publish/index.ts",
  verify: "src/actions/verify/index.ts",
  summary: "src/actions/summary/index.ts",
};

/** Its index exports all that it has; what is not used would be loaded, too, unless loading it does nothing else. */
const pureToolkit = {
  name: "pure-toolkit",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === pureToolkit) return undefined;
      const isToolkit = /[\\/]node_modules[\\/]@actions[\\/](core|exec|http-client)[\\/]/;
      if (!path.startsWith("@actions/") && !isToolkit.test(options.importer)) return undefined;
      const result = await resolve(path, { ...options, pluginData: pureToolkit });
      return { ...result, ...(isToolkit.test(result.path) && { sideEffects: false }) };
    });
  },
};

/** The same parser twice in WebAssembly, of which the one with SIMD is for every machine that Node 20 is for. */
const oneParser = {
  name: "one-parser",
  setup({ onResolve }) {
    onResolve({ filter: /\/llhttp-wasm\.js$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace("llhttp-wasm.js", "llhttp_simd-wasm.js")),
    }));
  },
};

/**
 * Bundles a program as it is shipped: in parts, of which a command loads those that it needs, because reading all
 * of it takes longer than linting a file. Only ES modules can be split, so the parts are made CommonJS afterwards.
 *
 * @param directory gets `<name>/index.cjs` and all beside it; what `<name>` had before is removed
 * @param name one of `PROGRAMS`
 * @returns the program's path
 */
export async function buildProgram(directory, name = "cli") {
  const outdir = resolve(directory);
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: { [`${name}/index`]: PROGRAMS[name] },
    plugins: [pureToolkit, oneParser],
    outdir,
    outExtension: { ".js": ".cjs" },
    chunkNames: `${name}/[name]-[hash]`,
    format: "esm",
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    legalComments: "external",
  });
  await rm(join(outdir, name), { recursive: true, force: true });
  await mkdir(join(outdir, name), { recursive: true });
  const files = new Map();
  for (const { path, text } of outputFiles.filter((file) => file.path.endsWith(".cjs"))) {
    const { entryPoint } = metafile.outputs[relative(root, path)];
    const isCommonJs = entryPoint !== undefined && metafile.inputs[entryPoint]?.format === "cjs";
    files.set(relative(join(outdir, name), path), await toCommonJs(text, isCommonJs));
  }
  for (const [file, text] of joinSmallParts(files)) {
    const path = join(outdir, name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  await writeFile(join(outdir, name, "LEGAL.txt"), joinNotices(outputFiles));
  return join(outdir, name, "index.cjs");
}

/** @param wasCommonJs whether it is a package's module that has its names in its default export only */
async function toCommonJs(text, wasCommonJs) {
  const { code } = await transform(text, {
    format: "cjs",
    platform: options.platform,
    target: options.target,
    minify: true,
    supported: { "dynamic-import": false },
    ...(text.includes("bundleUrl") && { banner: banner.js }),
    ...(wasCommonJs && { footer: "module.exports=module.exports.default;" }),
  });
  return code;
}

/** Finding and opening a file takes longer than skipping so many characters of another one. */
const SMALL = 8000;
const SMALL_PARTS = "parts.cjs";

/**
 * Puts the small ones of the files that commands share into one file, of which each is run when it is asked for.
 *
 * @param files texts of CommonJS modules by name, all in one directory
 */
function joinSmallParts(files) {
  const isSmall = (name, text) =>
    name.startsWith("chunk-") && text.length < SMALL && !text.includes("bundleUrl");
  const small = new Set([...files].flatMap(([name, text]) => (isSmall(name, text) ? [name] : [])));
  const replaceRequires = (text, load) =>
    text.replace(/require\("\.\/([^"]+)"\)/g, (whole, name) =>
      small.has(name) ? `${load}("${name}")` : whole,
    );
  const functions = [...small].sort().map((name) => {
    const body = replaceRequires(files.get(name), "part").trimEnd();
    return `"${name}":function(module,exports,part){${body}\n}`;
  });
  const loader =
    "const loaded=new Map();const part=name=>{let module=loaded.get(name);if(module===undefined){loaded.set(name,module={exports:{}});functions[name](module,module.exports,part)}return module.exports};module.exports=part;";
  return [
    ...[...files].flatMap(([name, text]) =>
      small.has(name) ? [] : [[name, replaceRequires(text, `require("./${SMALL_PARTS}")`)]],
    ),
    [SMALL_PARTS, `const functions={\n${functions.join(",\n")}};\n${loader}\n`],
  ];
}

/** The notices of all parts, each once, in one order. */
function joinNotices(outputFiles) {
  const notices = outputFiles
    .filter(({ path }) => path.endsWith(".LEGAL.txt"))
    .flatMap(({ text }) => text.replace(/^Bundled license information:\s+/, "").split(/\n\n(?=\S)/))
    .map((notice) => notice.trimEnd());
  return `Bundled license information:\n\n${[...new Set(notices)].sort().join("\n\n")}\n`;
}
