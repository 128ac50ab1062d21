import { type Place, splitLines } from "../../dockerfile/source-text.ts";
import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { effectiveVariables } from "../effective-commands.ts";
import { basePlace } from "../effective-image.ts";
import { findCredentials, findSecrets, isCredentialFile } from "../find-secrets.ts";
import { isOwnFile } from "../own-files.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

const MAX_FILE_BYTES = 32 * 1024;
const MAX_FINDINGS = 20;

const KEY_NAME = /(\.(pem|key|p8|ppk|asc)|(^|\/)id_(rsa|dsa|ecdsa|ed25519))$/;
const TEXT_NAME =
  /(\.(env|json|ya?ml|toml|ini|cfg|conf|properties|tfvars|tfstate|sh|bash|py|rb|php|js|ts|txt)|(^|\/)\.env(\.\w+)?)$/i;
const SSH_HOST_KEY = /^etc\/ssh\/ssh_host_\w+_key$/;
/** Debian makes it for nobody in particular. */
const SNAKE_OIL = /ssl-cert-snakeoil\.key$/;

export const secrets: Rule = {
  id: "GVM023",
  name: "secrets",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "A key, token or password is in the image.",
  why: "Providers download the image by a URL without a password, and keep it: whatever is in it is public.",
  cure: "Revoke the secret. Use RUN --mount=type=secret for what the build needs, and let the requestor send what is needed at run time.",
  page: {
    bad: `FROM node:22
COPY .npmrc /root/.npmrc
RUN npm ci`,
    good: `FROM node:22
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci`,
    affected: "All providers.",
  },
  contents: (entry) => (isCandidate(entry) ? entry.size : 0),
  *check(context) {
    let count = 0;
    for (const finding of findAll(context)) {
      if (++count > MAX_FINDINGS) return;
      yield finding;
    }
  },
};

function isCandidate({ path, size }: EntryMetadata): boolean {
  if (size > MAX_FILE_BYTES || SNAKE_OIL.test(path)) return false;
  if (SSH_HOST_KEY.test(path) || isCredentialFile(path)) return true;
  const isOfSystem = path.startsWith("etc/") && KEY_NAME.test(path);
  return isOfSystem || (isOwnFile(path) && (KEY_NAME.test(path) || TEXT_NAME.test(path)));
}

const CURE =
  "Revoke it: whoever gets the image can read it. Let the build use RUN --mount=type=secret, and send at run time what is needed then.";

function* findAll(context: LintContext): Generator<RuleFinding> {
  const { dockerfile, declared } = context;
  for (const { kind, offset } of findSecrets(dockerfile?.text ?? "")) {
    const place = placeAt(dockerfile?.text ?? "", offset);
    yield { place, message: `${capitalize(kind)} stands in the Dockerfile.`, cure: CURE };
  }
  const own = new Set(declared?.variables.map(({ name }) => name));
  for (const { name, value, place } of effectiveVariables(context)) {
    const [found] = own.has(name) ? [] : findSecrets(value);
    if (!found) continue;
    yield { place, message: `The variable ${displayText(name)} has ${found.kind}.`, cure: CURE };
  }
  for (const [path, content] of context.contents ?? []) {
    if (!isCandidate({ path, size: content.length } as EntryMetadata)) continue;
    const text = content.toString("latin1");
    const [found] = [...findCredentials(path, text), ...findSecrets(text)];
    if (!found) continue;
    const { line } = placeAt(text, found.offset);
    const name = displayText(`/${displayName(path)}`);
    const what = SSH_HOST_KEY.test(path) ? "the SSH server's private key" : found.kind;
    yield {
      place: basePlace(context),
      message: `${name} has ${what} (line ${line}): whoever downloads the image can read it.`,
      cure: SSH_HOST_KEY.test(path)
        ? "Remove it from the image, and make one with ssh-keygen -A in the init script."
        : CURE,
    };
  }
}

function placeAt(text: string, offset: number): Place {
  const before = splitLines(text.slice(0, offset));
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
