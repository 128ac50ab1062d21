import { imageFindings, messagesOf, program } from "../image-findings.ts";
import { findingsOf } from "../lint-text.ts";

const messages = (text: string) =>
  findingsOf("GVM015", `${text}\n`).map(
    ({ line, severity, message }) => `${line} ${severity} ${message}`,
  );

test.each([
  [
    'FROM debian:12\nVOLUME /golem/output\nCMD ["postgres"]',
    "3 info PostgreSQL (CMD postgres) keeps its data in /var/lib/postgresql: all of it",
  ],
  [
    "FROM postgres:16\nENV PGDATA=/srv/db\nVOLUME /golem/output",
    "1 info PostgreSQL (FROM postgres) keeps its data in /srv/db",
  ],
  ["FROM python:3.12\nENV HF_HOME=/root/models", "2 info HF_HOME keeps downloads in /root/models"],
  [
    "FROM python:3.12\nCMD pip install -r requirements.txt && python main.py",
    "2 info CMD runs pip install when it starts",
  ],
  [
    'FROM debian:12\nENTRYPOINT ["sh", "-c", "apt-get -y install tool; tool"]',
    "2 info ENTRYPOINT runs apt-get -y install",
  ],
])("%j: %s", (text, start) => {
  expect(messages(text)).toEqual([expect.stringContaining(start)]);
});

test.each([
  "FROM python:3.12\nENV HF_HOME=/golem/work/models\nVOLUME /golem/work",
  "FROM python:3.12\nENV HF_HOME=models",
  "FROM postgres:16\nVOLUME /var/lib/postgresql/data",
  "FROM postgres:16\nVOLUME /golem/output",
  "FROM python:3.12\nRUN pip install numpy\nCMD python main.py",
  "FROM python:3.12\nCMD echo pip install numpy",
])("%j is fine", (text) => {
  expect(messages(text)).toEqual([]);
});

test("where a database keeps its data is certain once the image's volumes are known", () => {
  const dockerfile = "FROM postgres:16\nVOLUME /golem/output\n";
  const own = { Env: ["PGDATA=/var/lib/postgresql/data"] };
  const declared = { ...own, Volumes: { "/var/lib/postgresql/data": {} } };
  expect(messagesOf("GVM015", { dockerfile, config: own })).toHaveLength(1);
  expect(messagesOf("GVM015", { dockerfile, config: declared })).toEqual([]);
});

test("a cache that the image brings along need not be filled", () => {
  const config = { Env: ["HF_HOME=/models"] };
  expect(messagesOf("GVM015", { config, files: { "models/": "" } })).toHaveLength(1);
  expect(messagesOf("GVM015", { config, files: { "models/big.bin": "x" } })).toEqual([]);
});

test("an entry script is read, without its comments", () => {
  const run = (text: string) =>
    messagesOf("GVM015", {
      config: { Entrypoint: ["/entry.sh"] },
      files: { "entry.sh": program(`#!/bin/sh\n${text}\nexec "$@"\n`) },
    });
  expect(run("npm ci")).toEqual([expect.stringContaining("/entry.sh runs npm ci when it starts")]);
  expect(run("apk \\\n  add curl")).toHaveLength(1);
  expect(run("# npm ci\necho 'run npm install first'")).toEqual([]);
});

describe("a large SQLite database", () => {
  const database = { content: "SQLite format 3\0...", size: 100 * 1024 * 1024 };
  const find = (path: string, file: object, config = {}) =>
    imageFindings("GVM015", { files: { [path]: file }, config });

  test("is copied into memory by the first change", () => {
    const [finding] = find("srv/data.db", database);
    expect(finding?.message).toContain("/srv/data.db has 100.0 MiB");
  });

  test("is no concern when it is small, something else, or hidden by a volume", () => {
    expect(find("srv/data.db", { ...database, size: 1024 })).toEqual([]);
    expect(find("srv/data.db", { ...database, content: "something else" })).toEqual([]);
    expect(find("srv/data.db", database, { Volumes: { "/srv": {} } })).toEqual([]);
  });
});
