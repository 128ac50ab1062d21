/** Something in a text that only its owner should know. */
export interface FoundSecret {
  /** Such as `a private key`. */
  readonly kind: string;
  /** Where it starts, in the text's code units. */
  readonly offset: number;
}

const PRIVATE_KEY = "a private key";

/**
 * Formats that nothing else has. What merely looks random is not looked for.
 *
 * @see https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 * @see https://docs.gitlab.com/security/tokens/#token-prefixes
 */
const FORMATS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  // With the first line of what it encodes: the header alone stands in many a program.
  [
    PRIVATE_KEY,
    /-----BEGIN (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----(?:\r?\n|\\r?\\?n|\\n)[A-Za-z0-9+/]{60,}/g,
  ],
  [
    "a PGP private key",
    /-----BEGIN PGP PRIVATE KEY BLOCK-----\r?\n(?:[\w-]+:.*\r?\n)*\r?\n[A-Za-z0-9+/]{60,}/g,
  ],
  ["an AWS access key", /\bAKIA[A-Z2-7]{16}\b/g],
  ["a GitHub token", /\bgh[pousr]_[A-Za-z0-9]{36}\b/g],
  ["a GitHub token", /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g],
  ["a GitLab token", /\bglpat-[A-Za-z0-9_-]{20}\b/g],
  ["a Slack token", /\bxox[abeprs]-(?:\d-)?\d{9,14}-[A-Za-z0-9-]{20,}/g],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/g],
  ["a PyPI token", /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/g],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{24,}/g],
  ["a Hugging Face token", /\bhf_[A-Za-z]{34}\b/g],
];

/** As documentation has them: a word for it, or one character again and again. */
const PLACEHOLDER = /EXAMPLE|(.)\1{7}|(?:01234567|12345678|abcdefgh)/i;

/** The secrets in a text, by their places. */
export function findSecrets(text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const [kind, pattern] of FORMATS) {
    for (const { 0: match, index } of text.matchAll(pattern)) {
      if (!PLACEHOLDER.test(match.replace(/-----[A-Z ]+-----/, ""))) {
        found.push({ kind, offset: index });
      }
    }
  }
  return found.sort((left, right) => left.offset - right.offset);
}

/** Files that hold credentials by their format, with how to recognise that they do. */
const CREDENTIAL_FILES: readonly (readonly [name: RegExp, kind: string, pattern: RegExp])[] = [
  [
    /(^|\/)\.npmrc$/,
    "an npm credential",
    /^[^#;\n]*:?_(?:authToken|auth|password)\s*=\s*(?![$]\{)\S{8,}/m,
  ],
  [/(^|\/)[._]netrc$/, "a password", /\bmachine\s+\S+[^#]*?\bpassword\s+\S{4,}/],
  [/(^|\/)\.git-credentials$/, "a password", /^https?:\/\/[^\s:@/]+:[^\s@/]+@/m],
  [
    /(^|\/)\.docker\/config\.json$/,
    "a registry's password",
    /"auth"\s*:\s*"[A-Za-z0-9+/]{8,}={0,2}"/,
  ],
  [
    /(^|\/)\.aws\/credentials$/,
    "an AWS secret",
    /^[ \t]*aws_secret_access_key\s*=\s*[A-Za-z0-9+/]{40}\s*$/m,
  ],
  [/(^|\/)\.pypirc$/, "a password", /^[ \t]*password\s*[=:]\s*\S{4,}/m],
  [/(^|\/)\.pgpass$/, "a password", /^(?!#)[^:\n]+:[^:\n]*:[^:\n]*:[^:\n]+:\S+/m],
  [/(^|\/)\.kube\/config$/, "a cluster's key", /^[ \t]*(?:client-key-data|token):\s*\S{20,}/m],
];

/** Whether a file is one that holds credentials by its name alone. */
export function isCredentialFile(path: string): boolean {
  return CREDENTIAL_FILES.some(([name]) => name.test(path));
}

/** The secrets of a file that has a name which `isCredentialFile` knows. */
export function findCredentials(path: string, text: string): FoundSecret[] {
  const plain = text.replace(/^[ \t]*[#;].*$/gm, (comment) => " ".repeat(comment.length));
  for (const [name, kind, pattern] of CREDENTIAL_FILES) {
    const match = name.test(path) ? pattern.exec(plain) : null;
    if (match) return [{ kind, offset: match.index }];
  }
  return [];
}
