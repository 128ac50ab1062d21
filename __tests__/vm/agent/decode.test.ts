import { AnswerDecoder } from "../../../src/vm/agent/decode.ts";
import {
  bytes,
  error,
  header,
  number,
  ok,
  outputAvailable,
  processDied,
  u64,
} from "./fake-agent.ts";

const LIMIT = 1024;

const stream = Buffer.concat([
  ok(1n),
  number(2n, 2n ** 63n),
  bytes(3n, "some output"),
  bytes(4n, ""),
  error(5n, 2),
  outputAvailable(9n, 2),
  processDied(9n, 137, 1),
]);

const answers = [
  { type: "ok", id: 1n },
  { type: "number", id: 2n, value: 2n ** 63n },
  { type: "bytes", id: 3n, value: Buffer.from("some output") },
  { type: "bytes", id: 4n, value: Buffer.alloc(0) },
  { type: "error", id: 5n, errno: 2 },
  { type: "output-available", process: 9n, fd: 2 },
  { type: "process-died", process: 9n, status: 137, how: 1 },
];

test.each([1, 2, 7, 9, 10, 64, stream.length])("every kind of answer, in chunks of %d", (size) => {
  const decoder = new AnswerDecoder(LIMIT);
  const decoded = [];
  for (let at = 0; at < stream.length; at += size) {
    decoded.push(...decoder.push(stream.subarray(at, at + size)));
  }
  expect(decoded).toEqual(answers);
  expect(decoder.isInsideAnswer).toBe(false);
});

test("an answer is given as soon as it is complete, not before", () => {
  const decoder = new AnswerDecoder(LIMIT);
  const frame = bytes(3n, "abc");
  expect(decoder.push(frame.subarray(0, -1))).toEqual([]);
  expect(decoder.isInsideAnswer).toBe(true);
  expect(decoder.push(frame.subarray(-1))).toHaveLength(1);
});

test.each([BigInt(LIMIT) + 1n, 2n ** 32n, 2n ** 64n - 1n])(
  "a claim of %d bytes is refused",
  (length) => {
    const decoder = new AnswerDecoder(LIMIT);
    const claim = Buffer.concat([header(3n, 2), u64(length)]);
    expect(() => decoder.push(claim)).toThrow(`claims ${length} bytes, more than ${LIMIT}`);
  },
);

test("an answer of exactly the limit is taken", () => {
  expect(new AnswerDecoder(LIMIT).push(bytes(3n, Buffer.alloc(LIMIT)))).toHaveLength(1);
});

test("an unknown type of answer is refused", () => {
  expect(() => new AnswerDecoder(LIMIT).push(header(3n, 6))).toThrow("unknown type 6");
});
