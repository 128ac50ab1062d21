import { ConversionError } from "../../errors.ts";

/** The format counts users and groups with 16 bits. */
const MAX_IDS = 65_535;

/** The users and groups of an image: inodes say where theirs stand in this table. */
export class IdTable {
  private readonly indexes = new Map<number, number>();

  get count(): number {
    return this.indexes.size;
  }

  /**
   * @returns where the user or group stands, which is where it was first met
   * @throws {ConversionError} when there are too many
   */
  indexOf(id: number): number {
    const known = this.indexes.get(id);
    if (known !== undefined) return known;
    const index = this.indexes.size;
    if (index === MAX_IDS) {
      throw new ConversionError(
        `The image's files belong to more than ${MAX_IDS} different users and groups, which squashfs cannot store.`,
        { hint: "Let fewer users own the files, with chown in the Dockerfile." },
      );
    }
    this.indexes.set(id, index);
    return index;
  }

  encode(): Buffer {
    const table = Buffer.alloc(this.count * 4);
    for (const [id, index] of this.indexes) table.writeUInt32LE(id, index * 4);
    return table;
  }
}
