import { lint } from "../../../src/lint/lint.ts";
import { findingsOf, placesOf } from "../lint-text.ts";

const messages = (text: string) => findingsOf("GVM000", text).map(({ message }) => message);

test.each([
  ["FORM debian\n", "1:1", "FORM is not an instruction of Dockerfiles. Did you mean FROM?"],
  ["FROM x\nVOLUMES /a\n", "2:1", "Did you mean VOLUME?"],
  ["FROM x\n  \t&& echo\n", "2:4", "&& is not an instruction"],
  ["FROM x\nVOLUME\n", "2:1", "VOLUME needs an argument."],
  ["FROM x\nVOLUME []\n", "2:1", "VOLUME needs an argument."],
  ["FROM x\nCOPY a\n", "2:1", "COPY needs a source and a destination."],
  ["FROM x\nCOPY --from=y --chown=1:1 a\n", "2:1", "COPY needs a source and a destination."],
  ["FROM x\nSHELL /bin/bash -c\n", "2:1", "SHELL needs the JSON form"],
  ["FROM a b\n", "1:1", "FROM takes one image"],
  ["FROM\n", "1:1", "FROM needs an argument."],
  ["RUN x\nFROM y\n", "1:1", "RUN stands before the first FROM"],
  ["ARG A\n", "1:1", "has no FROM"],
  ["", "1:1", "has no instructions"],
  ["# only a comment\n", "1:1", "has no instructions"],
  ["FROM x\nRUN <<EOF\necho\n", "2:5", "The here-document has no end: a line EOF is missing"],
  ['FROM scratch\nVOLUME "/a b"\n', "2:8", 'The argument cannot be read: a " has no end.'],
  ["FROM scratch\nWORKDIR /${a\n", "2:9", "The argument cannot be read: a brace has no end."],
  ["FROM x\n\0\0\n", "2:1", "This is not a text file"],
])("%j is no Dockerfile, at %s", (text, place, message) => {
  expect(placesOf("GVM000", text)[0]).toBe(place);
  expect(messages(text)[0]).toContain(message);
  expect(findingsOf("GVM000", text)[0]?.severity).toBe("error");
});

test.each([
  "FROM scratch",
  "from scratch as BASE\ncmd x",
  'ARG V=1\nFROM --platform=linux/amd64 debian:$V AS x\nSHELL ["/bin/bash", "-c"]\nRUN x',
  "# escape=`\nFROM x\nRUN a `\n  b\n",
  'FROM x\nRUN <<EOF\nVOLUMES\nEOF\nCOPY <<A <<-"B" /x/\nFORM\nA\nFORM\n\tB\nCMD x\n',
  "FROM x\nRUN a \\\n\n# comment\n  b\n",
  "\uFEFFFROM x\r\nRUN a \\\r\n b\r\n",
  "FROM x\nENTRYPOINT []\nCMD []\nONBUILD RUN x\nHEALTHCHECK NONE\nMAINTAINER me",
  'FROM x\nRUN echo $((1<<2)) "<<EOF"\n',
])("%j is a Dockerfile", (text) => {
  expect(messages(text)).toEqual([]);
});

test("a file that is something else altogether has a bounded number of findings", () => {
  const found = messages("lorem ipsum\n".repeat(5000));
  expect(found.length).toBeGreaterThan(1);
  expect(found.length).toBeLessThanOrEqual(20);
});

test("control characters of a file do not reach the message", () => {
  expect(messages("FROM x\n\u001b[31mX y\n")[0]).toContain("\\u001b[31MX");
});

test("a line that is too long for builders is reported", () => {
  const text = `FROM x\nRUN a\nRUN ${"b".repeat(66_000)}\n`;
  expect(placesOf("GVM000", text)).toEqual(["3:1"]);
  expect(messages(text)[0]).toContain("longer than the 65535 bytes");
});

test.each(["EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "VOLUME", "USER", "ENV", "WORKDIR"])(
  "%s without an argument is that mistake and no other",
  (keyword) => {
    const text = `FROM scratch\nVOLUME /golem/input\n${keyword}\n`;
    const found = lint({ dockerfile: { path: "Dockerfile", text } });
    expect(found.map(({ rule, line }) => `${rule}:${line}`)).toEqual(["GVM000:3"]);
  },
);
