/** How every entry point is bundled: as CommonJS that needs no node_modules at run time. */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // CommonJS has no import.meta, which some packages that are ES modules ask for their own place.
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "bundleUrl" },
  logLevel: "warning",
};
