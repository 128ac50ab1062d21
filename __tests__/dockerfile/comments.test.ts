import { parseDockerfile } from "../../src/dockerfile/parse-dockerfile.ts";

const comments = (text: string) =>
  parseDockerfile(text).comments.map(
    ({ text: comment, place }) => `${place.line}:${place.column} ${comment}`,
  );

test.each([
  ["# a\nFROM x\n  # b\nCMD y # c", ["1:1 # a", "3:3 # b"]],
  ["FROM x\nRUN a \\\n  # b\n\n#c\n  d\n# e", ["3:3 # b", "5:1 #c", "7:1 # e"]],
  ["FROM x\nRUN <<EOF\n# a\nEOF\n# b", ["5:1 # b"]],
  ["\uFEFF# a\r\nFROM x\r\nRUN a \\\r\n# b\r\n c\r\n# d\r\n", ["1:1 # a", "4:1 # b", "6:1 # d"]],
  ["# escape=`\nFROM x\nRUN a `\n# b\n c \\\n# d", ["1:1 # escape=`", "4:1 # b", "6:1 # d"]],
  ["FROM x # a", []],
])("in %j", (text, expected) => {
  expect(comments(text)).toEqual(expected);
});
