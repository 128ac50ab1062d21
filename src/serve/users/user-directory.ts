import { createHmac, randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { hashToken, matchesToken } from "./token-hash.ts";
import { readUsers, type UserToken } from "./users-file.ts";

const MAX_REMEMBERED = 1000;

/** Who may give images a name. */
export interface Users {
  /** Whether this is a token of this user. */
  verify(user: string, token: string): Promise<boolean>;
}

/** The users of a file, which is read again when it has changed, so that a token can be withdrawn at once. */
export class UserDirectory implements Users {
  private users: readonly UserToken[] = [];
  private stamp = "";
  /** What was right before, by a key of this process: the hash takes long on purpose. */
  private readonly remembered = new Set<string>();
  private readonly secret = randomBytes(32);
  private decoy: Promise<string> | undefined;

  constructor(private readonly path: string) {}

  /** @throws {SettingsError} when the file is wrong */
  async load(): Promise<void> {
    const found = await stat(this.path).catch(() => undefined);
    const stamp = found ? `${found.ino} ${found.size} ${found.mtimeMs}` : "";
    if (stamp === this.stamp) return;
    this.users = await readUsers(this.path);
    this.remembered.clear();
    this.stamp = stamp;
  }

  async verify(user: string, token: string): Promise<boolean> {
    await this.load();
    const key = createHmac("sha256", this.secret)
      .update(JSON.stringify([user, token]))
      .digest("hex");
    if (this.remembered.has(key)) return true;
    const own = this.users.filter((candidate) => candidate.user === user);
    const stamp = this.stamp;
    // Takes as long for a name that nobody has.
    if (own.length === 0) await matchesToken(token, await this.decoyHash());
    for (const { hash } of own) {
      if (!(await matchesToken(token, hash))) continue;
      if (stamp !== this.stamp) return await this.verify(user, token);
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.add(key);
      return true;
    }
    return false;
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= hashToken(randomBytes(24).toString("base64url"));
    return this.decoy;
  }
}
