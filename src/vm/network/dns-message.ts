import type { Ipv4Address } from "./ipv4.ts";

/** The one question of a DNS query. */
export interface DnsQuery {
  readonly id: number;
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: number;
  /** The question as it stands in the message. */
  readonly question: Buffer;
  readonly recursionDesired: boolean;
}

export const DnsType = { a: 1 } as const;

const HEADER_BYTES = 12;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
const CLASS_INTERNET = 1;
const NO_SUCH_NAME = 3;
/** Seconds that the guest may keep an answer. */
const TIME_TO_LIVE = 60;

const Flag = { response: 0x8000, recursionDesired: 0x0100, recursionAvailable: 0x0080 } as const;
const OPERATION_MASK = 0x7800;

/**
 * Reads a query that a guest sent.
 *
 * @returns undefined when it is anything else, such as a response, or damaged
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
export function parseDnsQuery(message: Buffer): DnsQuery | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const flags = message.readUInt16BE(2);
  const questionCount = message.readUInt16BE(4);
  if (flags & (Flag.response | OPERATION_MASK) || questionCount !== 1) return undefined;
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = message[offset];
    // A longer one would be a pointer to an earlier name, and there is none.
    if (length === undefined || length > MAX_LABEL_BYTES) return undefined;
    offset += 1 + length;
    if (length === 0) break;
    labels.push(message.toString("latin1", offset - length, offset));
    if (offset - HEADER_BYTES > MAX_NAME_BYTES) return undefined;
  }
  const end = offset + 4;
  if (message.length < end || message.readUInt16BE(offset + 2) !== CLASS_INTERNET) return undefined;
  return {
    id: message.readUInt16BE(0),
    name: labels.join(".").toLowerCase(),
    type: message.readUInt16BE(offset),
    question: message.subarray(HEADER_BYTES, end),
    recursionDesired: (flags & Flag.recursionDesired) !== 0,
  };
}

/**
 * The answer to a query.
 *
 * @param addresses undefined when the name does not exist; none when it has no address of the type asked for
 */
export function dnsAnswer(query: DnsQuery, addresses: readonly Ipv4Address[] | undefined): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(
    Flag.response |
      Flag.recursionAvailable |
      (query.recursionDesired ? Flag.recursionDesired : 0) |
      (addresses === undefined ? NO_SUCH_NAME : 0),
    2,
  );
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  return Buffer.concat([header, query.question, ...(addresses ?? []).map(addressRecord)]);
}

function addressRecord(address: Ipv4Address): Buffer {
  const record = Buffer.alloc(16);
  // A pointer to the question's name, which follows the header.
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(DnsType.a, 2);
  record.writeUInt16BE(CLASS_INTERNET, 4);
  record.writeUInt32BE(TIME_TO_LIVE, 6);
  record.writeUInt16BE(4, 10);
  record.writeUInt32BE(address, 12);
  return record;
}
