import type { RunConfig } from "../../../src/oci/image-config.ts";
import { findingsOf } from "../lint-text.ts";

const found = (text: string, config?: RunConfig) =>
  findingsOf("GVM006", text, config && { config }).map(
    ({ line, message }) => `${line} ${message.split(" has no effect")[0]}`,
  );

test.each([
  ["FROM x\nHEALTHCHECK --interval=5s CMD curl -f http://localhost/", ["2 HEALTHCHECK"]],
  ["FROM x\nHEALTHCHECK NONE", []],
  ["FROM x\nSTOPSIGNAL SIGQUIT", ["2 STOPSIGNAL SIGQUIT"]],
  ["FROM x\nONBUILD COPY . /app\nONBUILD RUN a", ["2 ONBUILD COPY", "3 ONBUILD RUN"]],
  ['FROM x\nRUN a\nSHELL ["/bin/bash", "-c"]', ["3 SHELL"]],
  ['FROM x\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a', []],
  ["FROM x AS a\nHEALTHCHECK CMD a\nONBUILD RUN b\nFROM y", []],
  ["FROM x AS a\nHEALTHCHECK CMD a\nSTOPSIGNAL 9\nFROM a", ["2 HEALTHCHECK", "3 STOPSIGNAL 9"]],
])("%j has %j", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("of an image alone the health check is known", () => {
  const text = undefined;
  const config = { Healthcheck: { Test: ["CMD", "x"] } };
  expect(findingsOf("GVM006", text, { config })).toHaveLength(1);
  for (const Healthcheck of [{ Test: ["NONE"] }, {}, null, "x", { Test: "x" }]) {
    expect(findingsOf("GVM006", text, { config: { Healthcheck } })).toEqual([]);
  }
});
