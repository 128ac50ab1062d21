import { LimitedOutput } from "../../src/cli/limited-output.ts";

async function passOn(limit: number, chunks: string[]): Promise<string> {
  const written: Buffer[] = [];
  const output = new LimitedOutput(limit, (chunk) => {
    written.push(Buffer.from(chunk));
  });
  for (const chunk of chunks) await output.append(Buffer.from(chunk));
  await output.finish();
  return Buffer.concat(written).toString();
}

test("what fits is passed on as it is", async () => {
  expect(await passOn(6, ["abc", "", "def"])).toBe("abcdef");
  expect(await passOn(Number.POSITIVE_INFINITY, ["abc"])).toBe("abc");
});

test("what does not fit is counted by a mark at the end", async () => {
  expect(await passOn(4, ["abc", "def", "ghi"])).toBe("abcd\n[... 5 bytes more are not shown]\n");
});
