import { findPrivilegedCommands } from "../../src/lint/privileged-commands.ts";
import { findingsOf } from "./lint-text.ts";

test.each([
  ["chmod 4755 /app/run", "setuid /app/run"],
  ["chmod -R 06711 /app", "setuid /app"],
  ["a && chmod u+s /app/run; b", "setuid /app/run"],
  ["setcap cap_net_bind_service=+ep /app/run", "capability /app/run"],
  ["/usr/sbin/setcap 'cap_net_raw,cap_net_admin+eip' /app/run", "capability /app/run"],
  ["mknod -m 666 /dev/fuse c 10 229", "device /dev/fuse"],
  ["cat <<EOF >/a\nchmod 4755 /b\nEOF\nchmod 4755 /c", "setuid /c"],
  ["bash -eux <<'EOF'\nset -x\nchmod 4755 /b\nEOF\ntrue", "setuid /b"],
  ["cat <<A | sh\ncat <<B\nchmod 4755 /x\nB\nchmod 4755 /b\nA", "setuid /b"],
  ["cat <<A <<B\nchmod 4755 /a\nA\nchmod 4755 /b\nB\nchmod 4755 /c", "setuid /c"],
  ['read x <<< "word"\nchmod 4755 /c', "setuid /c"],
  ["x=$((1 << n))\nchmod 4755 /c\nn", "setuid /c"],
  ["echo '<<EOF'\nchmod 4755 /c", "setuid /c"],
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
  "python3 <<EOF\nchmod 4755 /a\nEOF",
  "ssh host <<EOF\nchmod 4755 /a\nEOF",
])("%j gives nothing away", (script) => {
  expect(findPrivilegedCommands(script)).toEqual([]);
});

test.each([
  "RUN <<EOF\ntrue\nchmod 4755 /app/run\nEOF",
  "RUN --mount=type=cache,target=/x <<-'EOF'\n\tset -e\n\tchmod 4755 /app/run\n\tEOF",
  "RUN <<EOF\n#!/bin/bash -e\nchmod 4755 /app/run\nEOF",
  "RUN bash -e <<EOF\r\nchmod 4755 /app/run\r\nEOF",
  "RUN cat <<EOF > /a && chmod 4755 /app/run\nx\nEOF",
])("GVM021 reads the here-documents of %j", (text) => {
  expect(findingsOf("GVM021", `FROM debian\n${text}\nRUN true\n`)).toEqual([
    expect.objectContaining({ line: 2, column: 1, severity: "info" }),
  ]);
});

test.each([
  "RUN cat <<EOF > /usage\nchmod 4755 /app/run\nEOF",
  "RUN <<EOF\n#!/usr/bin/env python3\nchmod 4755 /app/run\nEOF",
])("GVM021 has nothing to say of %j", (text) => {
  expect(findingsOf("GVM021", `FROM debian\n${text}\n`)).toEqual([]);
});

test("GVM021 reports them while there are no files to look at", () => {
  const text =
    "FROM debian\nRUN a \\\n  && setcap cap_net_raw+ep /app/run\nRUN chmod 4755 /usr/bin/sudo\n";
  expect(findingsOf("GVM021", text)).toEqual([
    expect.objectContaining({ line: 2, column: 1, severity: "info" }),
  ]);
  expect(findingsOf("GVM021", text, { entries: [] })).toEqual([]);
});
