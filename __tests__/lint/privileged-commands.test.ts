import { findPrivilegedCommands } from "../../src/lint/privileged-commands.ts";
import { findingsOf } from "./lint-text.ts";

test.each([
  ["chmod 4755 /app/run", "setuid /app/run"],
  ["chmod -R 06711 /app", "setuid /app"],
  ["a && chmod u+s /app/run; b", "setuid /app/run"],
  ["setcap cap_net_bind_service=+ep /app/run", "capability /app/run"],
  ["/usr/sbin/setcap 'cap_net_raw,cap_net_admin+eip' /app/run", "capability /app/run"],
  ["mknod -m 666 /dev/fuse c 10 229", "device /dev/fuse"],
])("%j", (script, expected) => {
  expect(findPrivilegedCommands(script).map(({ kind, file }) => `${kind} ${file}`)).toEqual([
    expected,
  ]);
});

test.each([
  "chmod 755 /a",
  "chmod 1777 /tmp",
  "chmod 2775 /srv",
  "chmod u=rwx,g=rx /a",
  "chmod +x /a",
  "echo chmod 4755 /a",
  "# setcap cap_x /a",
  "mknod /run/pipe p",
  "setcap -r /a",
])("%j gives nothing away", (script) => {
  expect(findPrivilegedCommands(script)).toEqual([]);
});

test("GVM021 reports them while there are no files to look at", () => {
  const text =
    "FROM debian\nRUN a \\\n  && setcap cap_net_raw+ep /app/run\nRUN chmod 4755 /usr/bin/sudo\n";
  expect(findingsOf("GVM021", text)).toEqual([
    expect.objectContaining({ line: 2, column: 1, severity: "info" }),
  ]);
  expect(findingsOf("GVM021", text, { entries: [] })).toEqual([]);
});
