import { imageFindings, messagesOf, program } from "../image-findings.ts";
import { findingsOf } from "../lint-text.ts";

const messages = (text: string) =>
  findingsOf("GVM014", `${text}\n`).map(({ line, message }) => `${line} ${message}`);

test.each([
  [
    "FROM debian:12\nVOLUME /var/lib/postgresql/data",
    "2 PostgreSQL keeps its data in /var/lib/postgresql, and VOLUME /var/lib/postgresql/data is mounted",
  ],
  ["FROM postgres:16\nVOLUME /var/lib", "2 PostgreSQL"],
  [
    "FROM postgres:16\nENV PGDATA=/golem/db\nVOLUME /golem",
    "2 PostgreSQL keeps its data in /golem/db, and VOLUME /golem is",
  ],
  ["FROM debian:12\nVOLUME /var/lib/mysql", "2 MySQL"],
  ["FROM mariadb:11\nVOLUME /var/lib/mysql", "2 MariaDB"],
  ["FROM mongo:7\nVOLUME /data", "2 MongoDB"],
  ['FROM debian:12\nVOLUME /data\nCMD mongod\nENTRYPOINT ["mongod"]', "2 MongoDB"],
  [
    "FROM python:3.12\nENV URL=sqlite:////data/app.db\nVOLUME /data",
    "2 URL names a SQLite database in /data/app.db",
  ],
  [
    "FROM python:3.12\nVOLUME /data\nENV DB=/data/app.sqlite3",
    "3 DB names a SQLite database in /data/app.sqlite3",
  ],
])("%j: %s", (text, start) => {
  const found = messages(text);
  expect(found).toEqual([expect.stringContaining(start)]);
});

test.each([
  "FROM postgres:16",
  "FROM postgres:16\nVOLUME /golem/output",
  "FROM postgres:16\nENV PGDATA=/var/lib/pgdata\nVOLUME /var/lib/postgresql/data",
  "FROM debian:12\nVOLUME /data",
  "FROM debian:12\nVOLUME /var/lib",
  "FROM python:3.12\nENV URL=sqlite:////srv/app.db\nVOLUME /data",
  "FROM python:3.12\nENV URL=postgresql://10.0.0.1/data/app.db\nVOLUME /data",
])("%j is fine", (text) => {
  expect(messages(text)).toEqual([]);
});

test("the configuration of a base image is known when the image is", () => {
  const config = {
    Env: ["PGDATA=/var/lib/postgresql/data"],
    Volumes: { "/var/lib/postgresql/data": {} },
  };
  const [finding, ...others] = imageFindings("GVM014", {
    config,
    dockerfile: "FROM my/postgres:1\n",
  });
  expect(finding).toMatchObject({ severity: "warning", line: 1, column: 6 });
  expect(others).toEqual([]);
});

test("a server's program in the image makes a volume with a common name its own", () => {
  const config = { Volumes: { "/data": {} } };
  expect(messagesOf("GVM014", { config })).toEqual([]);
  expect(messagesOf("GVM014", { config, files: { "usr/bin/mongod": program("") } })).toHaveLength(
    1,
  );
});
