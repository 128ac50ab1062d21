import { explainHostNames } from "../../../src/checks/steps/explain-host-names.ts";
import type { StepResult } from "../../../src/checks/test-result.ts";

const addresses = new Map([
  ["db", "192.168.0.2"],
  ["web", "192.168.0.3"],
]);

const step = (command: string, stderr: string): StepResult => ({
  command: ["/bin/sh", "-c", command],
  exitCode: 1,
  stdout: { text: "", truncated: false },
  stderr: { text: stderr, truncated: false },
  durationMs: 1,
  message: "",
});

test.each([
  "wget: bad address 'db:5432'",
  "curl: (6) Could not resolve host: db",
  "psql: error: could not translate host name: Name or service not known",
  "socket.gaierror: [Errno -3] Temporary failure in name resolution",
  "Error: getaddrinfo ENOTFOUND db",
  "dial tcp: lookup db on 1.1.1.1:53: no such host",
  "ping: db: Name does not resolve",
])("a program that cannot find a name is understood: %s", (stderr) => {
  const explanation = explainHostNames([step("program --host db:5432", stderr)], addresses);
  expect(explanation).toMatchObject({
    rule: "GVM016",
    text: expect.stringContaining("192.168.0.2"),
  });
});

test("other failures are not, and neither are names that no instance has", () => {
  expect(explainHostNames([step("program db", "connection refused")], addresses)).toBeUndefined();
  expect(explainHostNames([step("program other-db", "bad address")], addresses)).toBeUndefined();
});
