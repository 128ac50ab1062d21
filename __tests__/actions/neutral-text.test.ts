import { Log } from "../../src/actions/log.ts";
import { neutralText } from "../../src/actions/neutral-text.ts";

/** What the runner takes for a command: of both of its forms. */
const isCommand = (line: string) => line.trim().startsWith("::") || line.includes("##[");

test.each([
  "::set-output name=hash::0000",
  "  \t ::error::no",
  "\u00a0\u3000::add-mask::a",
  "text\r::warning::overwritten",
  "text\n::stop-commands::x",
  "##[command]rm -rf /",
  "before ##[group]after",
  "####[group]",
  "\u001b[31m::error::coloured",
  "\u200b::error::behind nothing",
  ":::::",
])("%j is no command any more", (text) => {
  const lines = neutralText(text).split(/[\r\n\u2028\u0085]/);
  expect(lines.filter(isCommand)).toEqual([]);
});

test("text that is none stays as it is", () => {
  const text = "STEP 1/8: FROM scratch\n\tstd::string a; ## heading\n[31m";
  expect(neutralText(text)).toBe(text);
});

test("an annotation is one line, whatever its message has", () => {
  let written = "";
  const log = new Log({ write: (text) => (written += text) });
  log.annotate("error", "first\n::set-env name=PATH::x\r##[error]%0A\u001b[2J", {
    file: "a,b:c\n",
    line: 3,
  });
  expect(written).toBe(
    "::error file=a%2Cb%3Ac%0A,line=3,title=golem-image::first%0A::set-env name=PATH::x\\u000d##[error]%250A\\u001b[2J\n",
  );
});
