import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** About 50 ms and 16 MiB, what OWASP asks for at the least with this memory. */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;
const KEY_BYTES = 32;
const FORM = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22,86})\$([\w-]{43})$/;

/** A token as it is kept: `scrypt$N$r$p$salt$key`, the last two in base64url (RFC 7914). */
export async function hashToken(token: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(token, salt, COST);
  const { N, r, p } = COST;
  return `scrypt$${N}$${r}$${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

export const isTokenHash = (text: string): boolean => FORM.test(text);

/** Whether a token is the one that was hashed. */
export async function matchesToken(token: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt = "", expected = ""] = FORM.exec(hash) ?? [];
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: 256 * 1024 ** 2 };
  const key = await derive(token, Buffer.from(salt, "base64url"), cost);
  return timingSafeEqual(key, Buffer.from(expected, "base64url"));
}

function derive(token: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(token, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
