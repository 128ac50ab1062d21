import { protocolError } from "./errors.ts";
import { AnswerType } from "./protocol.ts";

/** What the guest sends. Notifications (the last two) have no message id of a request. */
export type Answer =
  | { readonly type: "ok"; readonly id: bigint }
  | { readonly type: "number"; readonly id: bigint; readonly value: bigint }
  | { readonly type: "bytes"; readonly id: bigint; readonly value: Buffer }
  | { readonly type: "error"; readonly id: bigint; readonly errno: number }
  | { readonly type: "output-available"; readonly process: bigint; readonly fd: number }
  | {
      readonly type: "process-died";
      readonly process: bigint;
      readonly status: number;
      /** A value of `Death`. */
      readonly how: number;
    };

/** The bytes of id and type, and of the body's fixed part by type. */
const HEADER_SIZE = 9;
const BODY_SIZE: Readonly<Record<number, number>> = {
  [AnswerType.ok]: 0,
  [AnswerType.number]: 8,
  [AnswerType.bytes]: 8,
  [AnswerType.error]: 4,
  [AnswerType.outputAvailable]: 12,
  [AnswerType.processDied]: 10,
};

/** Cuts the guest's byte stream into answers, however it is divided into chunks. */
export class AnswerDecoder {
  #chunks: Buffer[] = [];
  #available = 0;
  /** No answer can be complete before there are this many bytes. */
  #needed = HEADER_SIZE;

  /** @param maximumBytes the longest content of one answer that is accepted, in bytes */
  constructor(private readonly maximumBytes: number) {}

  /** True when the stream stopped inside an answer. */
  get isInsideAnswer(): boolean {
    return this.#available > 0;
  }

  /**
   * Takes the next chunk and returns the answers that it completes.
   *
   * @throws {VmError} on an unknown type of answer or one that claims to be longer than the limit
   */
  push(chunk: Buffer): Answer[] {
    this.#chunks.push(chunk);
    this.#available += chunk.length;
    if (this.#available < this.#needed) return [];
    const answers: Answer[] = [];
    const data = Buffer.concat(this.#chunks);
    let start = 0;
    for (;;) {
      this.#needed = this.#sizeOfNext(data, start);
      if (data.length - start < this.#needed) break;
      answers.push(readAnswer(data.subarray(start, start + this.#needed)));
      start += this.#needed;
    }
    this.#chunks = [data.subarray(start)];
    this.#available = data.length - start;
    return answers;
  }

  #sizeOfNext(data: Buffer, start: number): number {
    const available = data.length - start;
    if (available < HEADER_SIZE) return HEADER_SIZE;
    const type = data.readUInt8(start + 8);
    const bodySize = BODY_SIZE[type];
    if (bodySize === undefined) throw protocolError(`an answer of unknown type ${type}`);
    const fixedSize = HEADER_SIZE + bodySize;
    if (type !== AnswerType.bytes || available < fixedSize) return fixedSize;
    const length = data.readBigUInt64LE(start + HEADER_SIZE);
    if (length > BigInt(this.maximumBytes)) {
      throw protocolError(`an answer claims ${length} bytes, more than ${this.maximumBytes}`);
    }
    return fixedSize + Number(length);
  }
}

function readAnswer(frame: Buffer): Answer {
  const id = frame.readBigUInt64LE(0);
  const body = frame.subarray(HEADER_SIZE);
  switch (frame.readUInt8(8)) {
    case AnswerType.ok:
      return { type: "ok", id };
    case AnswerType.number:
      return { type: "number", id, value: body.readBigUInt64LE(0) };
    case AnswerType.bytes:
      return { type: "bytes", id, value: body.subarray(8) };
    case AnswerType.error:
      return { type: "error", id, errno: body.readUInt32LE(0) };
    case AnswerType.outputAvailable:
      return {
        type: "output-available",
        process: body.readBigUInt64LE(0),
        fd: body.readUInt32LE(8),
      };
    default:
      return {
        type: "process-died",
        process: body.readBigUInt64LE(0),
        status: body.readUInt8(8),
        how: body.readUInt8(9),
      };
  }
}
