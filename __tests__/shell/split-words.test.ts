import { UsageError } from "../../src/errors.ts";
import { splitCommands, splitWords } from "../../src/shell/split-words.ts";
import { shellQuote } from "../../src/system/shell-quote.ts";

test.each([
  ["/bin/ls -l  /tmp", ["/bin/ls", "-l", "/tmp"]],
  ["  ", []],
  [`/bin/echo 'a b' "c d" e\\ f`, ["/bin/echo", "a b", "c d", "e f"]],
  [`one'two'"three"`, ["onetwothree"]],
  [`'' ""`, ["", ""]],
  [`"\\$x \\" \\\\ \\n"`, ['$x " \\ \\n']],
  ["'it'\\''s'", ["it's"]],
  ["$HOME *.txt ;|&", ["$HOME", "*.txt", ";|&"]],
  ["$'tab\\there \\303\\251 \\x41 \\''", ["tab\there é A '"]],
  ["größe 😀", ["größe", "😀"]],
])("%s", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test("each line is a command, but not within quotes", () => {
  expect(splitCommands("a 'b\nc'\n\nd \\\ne\n")).toEqual([
    ["a", "b\nc"],
    ["d", "e"],
  ]);
});

test.each([["echo 'open"], ['echo "open'], ["echo \\"], ["$'\\'"]])("%s is refused", (line) => {
  expect(() => splitWords(line)).toThrow(UsageError);
});

test("a quoted word is read back as it was", () => {
  const words = ["", "plain/path", "it's", "a b", "$x", "\n", "\\", '"', "~", "-n", "é"];
  expect(splitWords(words.map(shellQuote).join(" "))).toEqual(words);
});
