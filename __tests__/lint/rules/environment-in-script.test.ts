// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of shells
import { variablesOf } from "../../../src/lint/shell-variables.ts";
import { entry, findingsOf } from "../lint-text.ts";

const found = (text: string) =>
  findingsOf("GVM103", `FROM scratch\nENV A=1 B=2 PATH=/x HOME=/\n${text}\n`).map(
    ({ line, message }) => `${line} ${message.split(" of ENV")[0]}`,
  );

test.each([
  ["CMD run $A", ["3 CMD uses $A"]],
  ['ENTRYPOINT exec run ${B} "$A"', ["3 ENTRYPOINT uses $B, $A"]],
  ['CMD ["sh", "-c", "run $A"]', ["3 CMD uses $A"]],
  ['CMD ["/bin/bash", "-ec", "run ${A#x}"]', ["3 CMD uses $A"]],
  ['SHELL ["/bin/bash", "-c"]\nCMD run $A', ["4 CMD uses $A"]],
  ['CMD ["run", "$A"]', []],
  ["CMD run $C $PATH $HOME", []],
  ["CMD run '$A' \\$A ${A:-1}", []],
  ["CMD A=2; run $A", []],
  ["RUN echo $A", []],
  [
    'COPY <<"EOF" /entry.sh\n#!/bin/sh\nrun $A\nEOF\nENTRYPOINT ["/entry.sh"]',
    ["4 /entry.sh uses $A"],
  ],
  ["COPY <<EOF /entry.sh\n#!/bin/sh\nrun $A \\$B\nEOF\nCMD /entry.sh", ["4 /entry.sh uses $B"]],
  ['COPY <<"EOF" /other.sh\nrun $A\nEOF\nCMD /entry.sh', []],
  ['COPY <<"EOF" /entry\n#!/usr/bin/python3\nx = \'\' # $A\nEOF\nCMD ["/entry"]', []],
])("%j: %j", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("variables of the base image, and scripts of the image, are known when it is at hand", () => {
  const text = "FROM postgres\n";
  const config = { Env: ["PGDATA=/d", "LANG=C"], Entrypoint: ["/entry.sh"] };
  const content = Buffer.from('#!/bin/bash\n: "${LANG:=C}"\nls "$PGDATA"\n');
  const entries = [entry("entry.sh", { size: content.length })];
  const contents = new Map([["entry.sh", content]]);
  const [finding] = findingsOf("GVM103", text, { config, entries, contents });
  expect(finding?.message).toContain("/entry.sh uses $PGDATA of ENV, which is empty");
  expect(finding?.cure).toContain("${PGDATA:-/d}");
});

test.each([
  ["$A ${B}c $$ $1 $? ${#D}", ["A", "B", "D"]],
  ["for A in 1; do echo $A; done; read B; $B", []],
  ["export A=1; local B; $A", []],
  ['# $A\necho "# $B"', ["B"]],
  ["echo 'it $A' \"it's $B\"", ["B"]],
  ["echo 'unclosed $A", []],
])("of the script %j variables %j are read", (script, expected) => {
  expect([...variablesOf(script)]).toEqual(expected);
});
