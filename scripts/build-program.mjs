import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { banner, ...options } = bundleOptions;

/**
 * Bundles the command line program as it is shipped: in parts, of which a command loads those that it needs,
 * because reading all of it takes longer than linting a file. Only ES modules can be split, so the parts are
 * made CommonJS afterwards.
 *
 * @param directory gets `cli/index.cjs` and all beside it; what `cli` had before is removed
 * @returns the program's path
 */
export async function buildProgram(directory) {
  const outdir = resolve(directory);
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: { "cli/index": "src/cli/index.ts" },
    outdir,
    outExtension: { ".js": ".cjs" },
    chunkNames: "cli/[name]-[hash]",
    format: "esm",
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    keepNames: true,
    legalComments: "external",
  });
  await rm(join(outdir, "cli"), { recursive: true, force: true });
  await mkdir(join(outdir, "cli"), { recursive: true });
  const files = new Map();
  for (const { path, text } of outputFiles.filter((file) => file.path.endsWith(".cjs"))) {
    const { entryPoint } = metafile.outputs[relative(root, path)];
    const isCommonJs = entryPoint !== undefined && metafile.inputs[entryPoint]?.format === "cjs";
    files.set(relative(join(outdir, "cli"), path), await toCommonJs(text, isCommonJs));
  }
  for (const [name, text] of joinSmallParts(files)) {
    const path = join(outdir, "cli", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  await writeFile(join(outdir, "cli", "LEGAL.txt"), joinNotices(outputFiles));
  return join(outdir, "cli", "index.cjs");
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
