import { imageFindings, messagesOf, program, type TestFile } from "../image-findings.ts";
import { findingsOf } from "../lint-text.ts";

const NGINX = { "usr/sbin/nginx": program("\x7fELF") };

test("a server in the image is named, with the cure", () => {
  const [finding] = imageFindings("GVM013", { files: NGINX, dockerfile: "FROM debian:12\n" });
  expect(finding).toMatchObject({ severity: "warning", line: 1, column: 6 });
  expect(finding?.message).toContain("nginx (/usr/sbin/nginx) gives up root");
  expect(finding?.message).toContain("profiles documented and v0.3");
  expect(finding?.cure).toContain('["/bin/chmod", "+x", "/"]');
});

test("what the image is started by comes before what it only has", () => {
  expect(
    messagesOf("GVM013", {
      files: { ...NGINX, "usr/local/bin/gosu": program("\x7fELF") },
      config: { Cmd: ["php-fpm"] },
    })[0],
  ).toMatch(/^warning nginx \(\/usr\/sbin\/nginx\), PHP-FPM \(CMD php-fpm\) give up root/);
});

test.each(["gosu", "su-exec"])("an image that has %s means to give up root", (tool) => {
  const found = messagesOf("GVM013", { files: { [`usr/local/bin/${tool}`]: program("") } });
  expect(found).toEqual([expect.stringContaining(`${tool} (/usr/local/bin/${tool})`)]);
});

test("what only a comment or an echo says is not done", () => {
  const script = program("#!/bin/sh\n# exec gosu nobody x\necho use su root instead\n");
  expect(
    messagesOf("GVM013", { config: { Cmd: ["/run.sh"] }, files: { "run.sh": script } }),
  ).toEqual([]);
});

test("an entry script is read", () => {
  const script = program('#!/bin/sh\n# exec gosu nobody\nexec setpriv --reuid=app "$@"\n');
  const config = { Entrypoint: ["entry.sh"], Cmd: ["server"] };
  expect(messagesOf("GVM013", { config, files: { "usr/local/bin/entry.sh": script } })).toEqual([
    expect.stringContaining("setpriv (/usr/local/bin/entry.sh)"),
  ]);
});

test("a closed root directory of the image is closed on every provider", () => {
  const closed: Record<string, TestFile> = { "": { type: "directory", mode: 0o700 } };
  expect(messagesOf("GVM013", { files: { ...closed, ...NGINX } })).toEqual([
    expect.stringContaining("on all providers: the image's root directory has the mode 0700"),
  ]);
  expect(messagesOf("GVM013", { files: closed })).toEqual([expect.stringMatching(/^info .*0700/)]);
});

test.each([
  [{ "bin/su": program("") }, {}],
  [{ "usr/sbin/nginx": link() }, {}],
  [{ "bin/busybox": program(""), "usr/sbin/httpd": link("/bin/busybox") }, {}],
  [{}, { Cmd: ["/bin/sh", "-c", "suspend && exec app"] }],
  [{}, { Cmd: ["sudoku"] }],
])("%j with %j is fine", (files, config) => {
  expect(messagesOf("GVM013", { files, config })).toEqual([]);
});

function link(linkTarget = "/nowhere"): TestFile {
  return { type: "symlink", linkTarget };
}

test.each([
  ["FROM nginx:1.27", "1:6"],
  ["FROM docker.io/library/postgres:16@sha256:abc", "1:6"],
  ['FROM debian:12\nCMD ["/usr/sbin/nginx", "-g", "daemon off;"]', "2:1"],
  ['FROM alpine:3\nENTRYPOINT ["su-exec", "app", "server"]', "2:1"],
])("%j alone says so, at %s", (text, place) => {
  const found = findingsOf("GVM013", `${text}\n`);
  expect(found.map(({ line, column }) => `${line}:${column}`)).toEqual([place]);
});

test.each(["FROM python:3.12", "FROM example.org/nginx:1", 'FROM scratch\nCMD ["app"]'])(
  "%j alone says nothing",
  (text) => {
    expect(findingsOf("GVM013", `${text}\n`)).toEqual([]);
  },
);
