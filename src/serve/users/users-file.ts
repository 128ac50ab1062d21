import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { SettingsError } from "../../errors.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { hashToken, isTokenHash } from "./token-hash.ts";

/** A user's name and the hash of one of their tokens. */
export interface UserToken {
  readonly user: string;
  readonly hash: string;
}

const USER = /^(?=[\w.-]*[A-Za-z0-9])[\w.-]{1,64}$/;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file of users: a line `name:hash` for each token, empty lines and lines that start with `#`.
 *
 * @returns none when there is no such file
 * @throws {SettingsError} naming the line that is wrong
 */
export async function readUsers(path: string): Promise<UserToken[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found) return [];
  if (found.size > MAX_BYTES) {
    throw new SettingsError(`${path} has ${found.size} bytes, too many for a file of users.`);
  }
  const users: UserToken[] = [];
  for (const [index, line] of (await readFile(path, "utf8")).split(/\r?\n/).entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const separator = text.indexOf(":");
    const user = text.slice(0, Math.max(0, separator));
    const hash = text.slice(separator + 1);
    if (!USER.test(user) || !isTokenHash(hash)) {
      // The line itself may hold a token that someone has forgotten to hash.
      throw new SettingsError(`${path}, line ${index + 1}: expected a name, a colon and a hash.`, {
        hint: "Let golem-image serve DIR --add-user NAME write the line.",
      });
    }
    users.push({ user, hash });
  }
  return users;
}

/**
 * Gives a user one more token, which nobody can read afterwards.
 *
 * @throws {SettingsError} when the name cannot be one
 */
export async function addUser(path: string, user: string): Promise<string> {
  if (!USER.test(user)) {
    throw new SettingsError(`${JSON.stringify(user)} cannot be the name of a user.`, {
      hint: "Use up to 64 ASCII letters, digits, '-', '_' and '.'.",
    });
  }
  await readUsers(path);
  const token = randomBytes(24).toString("base64url");
  const line = `${user}:${await hashToken(token)}\n`;
  await makeDirectories(dirname(path));
  // Appended in one piece, so that several can add users at once, and a running server reads whole lines.
  const file = await open(path, "a+", 0o600);
  try {
    await file.chmod(0o600);
    await file.appendFile((await endsInLine(file)) ? `\n${line}` : line);
    await file.sync();
  } finally {
    await file.close();
  }
  return token;
}

/** Whether a file's last line has no end. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString("latin1") !== "\n";
}
