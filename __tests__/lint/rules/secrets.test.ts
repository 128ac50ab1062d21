import { generateKeyPairSync } from "node:crypto";
import { lint } from "../../../src/lint/lint.ts";
import { imageFindings, messagesOf } from "../image-findings.ts";
import { findingsOf } from "../lint-text.ts";

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;
/** Put together here, so that no scanner takes this file for a leak. */
const token = (prefix: string, length: number) =>
  prefix + "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8c".repeat(5).slice(0, length);
const GITHUB = token("ghp_", 36);
const AWS = `AKIA${"QW2ERT3YUI4OPAS5"}`;

const check = (path: string, content: string) =>
  messagesOf("GVM023", { files: { [path]: content } });

describe("files", () => {
  test.each([
    ["app/server.key", key, "a private key (line 1)"],
    ["home/me/.ssh/id_rsa", key, "a private key"],
    ["etc/nginx/tls.key", key, "a private key"],
    ["app/account.json", JSON.stringify({ private_key: key }, null, 1), "a private key (line 2)"],
    ["app/.env", `A=1\nTOKEN=${GITHUB}\n`, "a GitHub token (line 2)"],
    ["srv/config.yml", `token: ${token("github_pat_", 22)}_${token("", 59)}`, "a GitHub token"],
    ["app/settings.py", `KEY = "${AWS}"`, "an AWS access key"],
    ["app/.env", `SLACK=xoxb-274619385027-${token("", 24)}`, "a Slack token"],
    ["app/.env", `NPM=${token("npm_", 36)}`, "an npm token"],
    ["app/.env", `GITLAB=${token("glpat-", 20)}`, "a GitLab token"],
    ["root/.npmrc", "//registry.example.org/:_authToken=0b7c-very-own\n", "an npm credential"],
    ["root/.netrc", "machine example.org login me password hunter22\n", "a password"],
    ["root/.netrc", "machine example.org\n  login me\n  password hunter22\n", "a password"],
    ["root/.git-credentials", "https://me:hunter22@example.org\n", "a password"],
    [
      "root/.docker/config.json",
      '{"auths":{"example.org":{"auth":"bWU6aHVudGVyMjI="}}}',
      "a registry's password",
    ],
    [
      "root/.aws/credentials",
      `[default]\naws_secret_access_key = ${token("", 40)}\n`,
      "an AWS secret (line 2)",
    ],
    ["root/.pgpass", "db:5432:app:me:hunter22\n", "a password"],
    ["etc/ssh/ssh_host_rsa_key", key, "the SSH server's private key"],
  ])("/%s: %#", (path, content, expected) => {
    const found = check(path, content);
    expect(found).toEqual([expect.stringMatching(/^warning /)]);
    expect(found[0]).toContain(`/${path} has ${expected}`);
  });

  test.each([
    ["app/key.pub", "ssh-rsa AAAA me@example.org"],
    ["app/check.py", 'if text.startswith("-----BEGIN RSA PRIVATE KEY-----"): pass'],
    ["app/locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF"],
    ["app/.env", `TOKEN=ghp_${"x".repeat(36)}\nKEY=AKIAIOSFODNN7EXAMPLE\n`],
    ["app/.env", `SECRET=${token("", 40)}\nPASSWORD=hunter22\n`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm resolves it
    ["root/.npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nsave-exact=true\n"],
    ["root/.docker/config.json", '{"auths":{"example.org":{}},"credsStore":"pass"}'],
    ["root/.netrc", "# machine example.org login me password hunter22\n"],
    ["root/.aws/credentials", "[default]\naws_secret_access_key = ...\n"],
    ["root/.pgpass", "# host:port:db:user:password\n"],
    ["usr/lib/python3/test/keycert.pem", key],
    ["app/node_modules/x/test/key.pem", key],
    ["app/tests/server.key", key],
    ["etc/ssl/private/ssl-cert-snakeoil.key", key],
    ["app/big.json", `${GITHUB}${" ".repeat(40_000)}`],
  ])("/%s is no leak: %#", (path, content) => {
    expect(check(path, content)).toEqual([]);
  });

  test("the secret itself is not repeated", () => {
    for (const finding of imageFindings("GVM023", { files: { "app/.env": `A=${GITHUB}` } })) {
      expect(JSON.stringify(finding)).not.toContain(GITHUB.slice(4, 12));
    }
  });
});

test("a secret in the Dockerfile is reported where it stands", () => {
  const text = `FROM a:1\nARG TOKEN=${GITHUB}\nRUN x && \\\n  fetch --key ${AWS}\n`;
  const found = findingsOf("GVM023", text);
  expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    "2:11 A GitHub token stands in the Dockerfile.",
    "4:15 An AWS access key stands in the Dockerfile.",
  ]);
});

test("a variable of the image is reported once, in the Dockerfile when that sets it", () => {
  const config = { Env: [`TOKEN=${GITHUB}`] };
  expect(messagesOf("GVM023", { config })).toEqual([
    "warning The variable TOKEN has a GitHub token.",
  ]);
  const dockerfile = `FROM a:1\nENV TOKEN=${GITHUB}\n`;
  expect(messagesOf("GVM023", { config, dockerfile })).toEqual([
    "warning A GitHub token stands in the Dockerfile.",
  ]);
});

test("no finding repeats the secret of a variable", () => {
  const text = `FROM scratch\nENV SEARCH=${AWS} A=1\nCMD ["/run"]\n`;
  const found = lint({ dockerfile: { path: "Dockerfile", text } });
  expect(found.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["GVM002", "GVM003"]));
  expect(JSON.stringify(found)).not.toContain(AWS);
  expect(JSON.stringify(found)).toContain("SEARCH=... A=1");
});
