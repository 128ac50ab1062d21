// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in Dockerfiles
import { describeFinalImage } from "../../src/dockerfile/final-image.ts";
import { parseDockerfile } from "../../src/dockerfile/parse-dockerfile.ts";
import { splitLines } from "../../src/dockerfile/source-text.ts";
import { fixText } from "../../src/lint/apply-fixes.ts";
import type { Finding } from "../../src/lint/finding.ts";
import { formatText } from "../../src/lint/format-text.ts";
import { lint } from "../../src/lint/lint.ts";
import { processorSeconds } from "../support/processor-time.ts";
import { findingsOf, placesOf } from "./lint-text.ts";

describe("places are right", () => {
  const body = "VOLUME /ok \\\n  # comment\n\n  /tmp \\\n  x\n";

  test.each([
    ["plainly", `FROM scratch\n${body}`],
    ["with a byte order mark", `\uFEFFFROM scratch\n${body}`],
    ["with Windows line ends", `FROM scratch\n${body}`.replaceAll("\n", "\r\n")],
    [
      "with blanks behind the escape character",
      `FROM scratch\n${body}`.replaceAll("\\\n", "\\ \t\n"),
    ],
    ["with tabs", `FROM scratch\n${body}`.replaceAll("  ", "\t\t")],
  ])("%s", (_, text) => {
    expect(placesOf("GVM010", text)).toEqual(["5:3", "6:3"]);
  });

  test("with another escape character", () => {
    const text = `# escape=\`\n# syntax=x\n${"FROM scratch\n"}VOLUME C:\\x \`\n  /tmp\n`;
    expect(placesOf("GVM010", text)).toEqual(["4:8", "5:3"]);
  });

  test("behind here-documents", () => {
    const text = "FROM scratch\nRUN <<A cat <<-B\nVOLUME /\nA\n\tVOLUME /\n\tB\nVOLUME /\n";
    expect(placesOf("GVM010", text)).toEqual(["7:8"]);
  });

  test("in a keyword that is continued", () => {
    expect(placesOf("GVM010", "FROM scratch\nVOL\\\nUME /\n")).toEqual(["3:5"]);
  });

  test("in the last line without an end", () => {
    expect(placesOf("GVM010", "FROM scratch\nVOLUME /")).toEqual(["2:8"]);
  });
});

describe("variables", () => {
  const volumes = (text: string, build = {}) =>
    describeFinalImage(parseDockerfile(text), build)?.volumes.map(({ path }) => path);

  test.each([
    ["FROM scratch\nARG A=/a\nVOLUME $A ${A}b \"$A\" '$A' \\$A", ["/a", "/ab", "/a", "$A", "$A"]],
    ["FROM scratch\nVOLUME ${A:-/x} ${A-/y} ${A:+/z}. ${A+/z}.", ["/x", "/y", ".", "."]],
    ["FROM scratch\nENV A=\nVOLUME ${A:-/x} ${A-/y}. ${A:+/z}. ${A+/z}", ["/x", ".", ".", "/z"]],
    ["FROM scratch\nENV A=/a B=$A\nVOLUME ${C:-$A/${B:-/b}}", ["/a//b"]],
    ["ARG A=/global\nFROM scratch\nVOLUME .$A\nARG A\nVOLUME $A", [".", "/global"]],
    ["FROM scratch\nARG A=/arg\nENV A=/env\nARG A=/arg2\nVOLUME $A", ["/env"]],
    ["FROM scratch AS x\nARG A=/a\nENV B=/b\nFROM x\nVOLUME $A $B", ["/a", "/b"]],
    ["FROM scratch AS x\nENV B=/b\nFROM scratch\nVOLUME .$B", ["."]],
    ["FROM scratch\nARG TARGETARCH\nVOLUME /$TARGETARCH", ["/amd64"]],
    ["FROM debian\nVOLUME $A ${B#x} /known", [undefined, undefined, "/known"]],
    ["FROM debian\nARG A\nVOLUME /x$A", ["/x"]],
    ['FROM scratch\nARG A=/a\nVOLUME ["$A", "/b c"]', ["/a", "/b c"]],
  ])("in %j give %j", (text, expected) => {
    expect(volumes(text)).toEqual(expected);
  });

  test("of the build win over defaults", () => {
    const text = "ARG B=other\nFROM scratch AS mine\nVOLUME /mine\nFROM $B\nARG A=/a\nVOLUME $A";
    expect(volumes(text, { buildArguments: { A: "/given", B: "mine" } })).toEqual([
      "/mine",
      "/given",
    ]);
  });
});

describe("hostile texts", () => {
  test("10,000 lines are linted in a moment", () => {
    const text = `FROM scratch\n${"RUN a \\\n  && b\nENV A=$B\nCOPY x /y/\n".repeat(2500)}VOLUME /y\n`;
    const seconds = processorSeconds(() => {
      expect(findingsOf("GVM007", text)).toHaveLength(2500);
    });
    expect(seconds).toBeLessThan(5);
  });

  test.each([
    ["variables in variables", "${A:-".repeat(5000)],
    ["closed variables in variables", "${A:-".repeat(3000) + "}".repeat(3000)],
    ["growing variables", "$A$A\nENV A=$A$A".repeat(60)],
    ["quotes", "\"'".repeat(30_000)],
    ["characters", "x".repeat(60_000)],
    ["escapes", "\\".repeat(60_000)],
    ["lists", "[".repeat(60_000)],
    ["flags", "--a ".repeat(15_000)],
  ])("endless %s do no harm", (_, text) => {
    for (const keyword of ["VOLUME", "ENV A=", "COPY", "WORKDIR", "CMD", "ARG A="]) {
      const findings = lint({
        dockerfile: { path: "D", text: `FROM scratch\n${keyword} ${text}\n` },
      });
      for (const { message } of findings) expect(message.length).toBeLessThan(2000);
    }
  });

  test("10,000 lines with all that rules look at are linted in a moment", () => {
    const part = [
      "# golem-lint ignore=GVM004,GVM006 x",
      "ENV A=$A HOST=db KEY=x PATH=/x:$PATH",
      "RUN --mount=type=bind,from=x a && chmod 4755 /b && \\",
      "  # comment",
      '  c "$(d)"',
      'COPY <<"EOF" /run.sh',
      "curl https://example.org/ $A",
      "EOF",
      "VOLUME /a/b /a,/b",
      "ONBUILD EXPOSE 80",
      "",
    ].join("\r\n");
    const text = `\uFEFFFROM debian\r\n${part.repeat(910)}CMD /run.sh $A\r\n`;
    let findings: readonly Finding[] = [];
    const seconds = processorSeconds(() => {
      findings = lint({ dockerfile: { path: "D", text } });
    });
    expect(seconds).toBeLessThan(5);
    expect(new Set(findings.map(({ rule }) => rule)).size).toBeGreaterThan(6);
    expectPlacesInside(findings, text);
  });

  test("bytes that are no text have a finding, and only that", () => {
    const bytes = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe, 10, 0x80]);
    const findings = lint({ dockerfile: { path: "D", text: bytes.toString("utf8") } });
    expect(findings).toEqual([
      expect.objectContaining({ rule: "GVM000", line: 1, column: 8, severity: "error" }),
    ]);
  });

  test("random bytes never make it throw", () => {
    const random = randomNumbers(Date.now() % 2 ** 31);
    for (let run = 0; run < 200; run++) {
      const bytes = Buffer.from(Array.from({ length: 300 }, () => 1 + Math.floor(random() * 255)));
      const text = `FROM x\n${bytes.toString(run % 2 ? "utf8" : "latin1")}`;
      expectPlacesInside(lint({ dockerfile: { path: "D", text } }), text);
    }
  });

  test("random texts never make it throw, each finding has a place in the text, and cures end", () => {
    const atoms = [
      ..."FROM scratch|VOLUME|ENV|CMD|COPY|RUN|ARG|WORKDIR|ONBUILD|SHELL|AS|EXPOSE|USER".split("|"),
      ..."HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|--from=|--platform=linux/arm64|FROM debian\n".split(
        "|",
      ),
      ..."# golem-lint ignore=|GVM010|GVM004|, reason|chmod u+s|setcap cap_|curl http://a.bc".split(
        "|",
      ),
      ..."\\ \n \r\n \r # <<EOF EOF \" ' [ ] , $ ${ } :- = -- @ : / ` é \ud83d \u2028 \0".split(
        / /,
      ),
      ...[" ", " ", "\t", "# escape=`\n", "/a", "/a,/b", "['/a']", "A", "\n", "\n", "\uFEFF"],
    ];
    const seed = Date.now() % 2 ** 31;
    const random = randomNumbers(seed);
    for (let run = 0; run < 1000; run++) {
      const length = 1 + Math.floor(random() * 40);
      const text = Array.from({ length }, () => atoms[Math.floor(random() * atoms.length)]).join(
        "",
      );
      const lintText = (source: string) => lint({ dockerfile: { path: "D", text: source } });
      try {
        const findings = lintText(text);
        expectPlacesInside(findings, text);
        formatText(findings, { sources: new Map([["D", text]]) });
        const fixed = fixText(text, lintText);
        expect(fixText(fixed.text, lintText)).toEqual({ text: fixed.text, count: 0 });
      } catch (error) {
        throw new Error(`seed ${seed}, run ${run}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
  });
});

function expectPlacesInside(findings: readonly Finding[], text: string): void {
  const lines = splitLines(text.replace(/^\uFEFF/, ""));
  const outside = findings.filter(({ line, column }) => {
    return column < 1 || column > (lines[line - 1]?.length ?? -1) + 1;
  });
  expect(outside).toEqual([]);
}

/** Park and Miller's generator: enough for texts, and the same on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
