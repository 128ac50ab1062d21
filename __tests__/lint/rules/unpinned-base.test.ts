// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
import { lint } from "../../../src/lint/lint.ts";

const found = (text: string, trusted: string[] = []) =>
  lint({ dockerfile: { path: "D", text } }, { trusted })
    .filter(({ rule }) => rule === "GVM020")
    .map(({ line, column, severity }) => `${line}:${column} ${severity}`);

test.each([
  ["FROM debian", ["1:6 warning"]],
  ["FROM debian:latest", ["1:6 warning"]],
  ["FROM debian:12", ["1:6 info"]],
  ["FROM localhost:5000/debian", ["1:6 warning"]],
  ["FROM debian@sha256:1", []],
  ["FROM debian:latest@sha256:1", []],
  ["FROM scratch", []],
  ["FROM a:1@sha256:1 AS x\nFROM x", []],
  ["ARG V\nFROM debian:${V:?}", []],
  ["ARG V=latest\nFROM debian:$V", ["2:6 warning"]],
  ["FROM golang AS b\nFROM scratch\nCOPY --from=b /a /", ["1:6 warning"]],
  ["FROM golang AS unused\nFROM scratch", []],
  ["FROM scratch\nCOPY --from=busybox /bin/sh /", ["2:1 warning"]],
])("%j has %j", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test.each([
  ["debian", "debian", true],
  ["debian:12", "debian", true],
  ["docker.io/library/debian:12", "debian:12", true],
  ["debian", "docker.io/library/debian", true],
  ["registry.example.org/team/x:1", "registry.example.org/team", true],
  ["registry.example.org/team/x:1", "registry.example.org/", true],
  ["debian-evil", "debian", false],
  ["registry.example.org.evil/x", "registry.example.org", false],
  ["evil/debian", "debian", false],
])("%s is trusted by %s: %s", (image, trusted, expected) => {
  expect(found(`FROM ${image}`, [trusted]).length === 0).toBe(expected);
});
