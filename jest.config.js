const shared = {
  testEnvironment: "node",
  transform: {
    "\\.[cm]?[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // Several dependencies are published as ES modules only, so they are transformed like our own code.
  transformIgnorePatterns: [],
  // execa's dependency has an entry for `import` alone, which a CommonJS transform never asks for.
  moduleNameMapper: { "^unicorn-magic$": "<rootDir>/node_modules/unicorn-magic/node.js" },
};

/** Unit tests need nothing but Node; integration tests say in their first lines what they need. */
export default {
  // A time-out ends a hang and never judges a machine's speed: what takes 2 s on an idle one takes 10 s on a busy one.
  testTimeout: 300_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.integration\\.test\\.ts$"],
    },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/__tests__/**/*.integration.test.ts"],
    },
  ],
};
