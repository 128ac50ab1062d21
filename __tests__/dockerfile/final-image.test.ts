// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of variables in Dockerfiles
import { describeFinalImage } from "../../src/dockerfile/final-image.ts";
import { parseDockerfile } from "../../src/dockerfile/parse-dockerfile.ts";
import type { BuildOptions } from "../../src/dockerfile/stages.ts";

function describeImage(text: string, options: BuildOptions = {}) {
  const image = describeFinalImage(parseDockerfile(text), options);
  if (!image) throw new Error("There is no stage.");
  return image;
}

describe("images from outside", () => {
  const images = (text: string, options?: BuildOptions) =>
    describeImage(text, options).images.map(
      ({ value, place }) => `${place.line}:${place.column} ${value}`,
    );

  test.each([
    ["FROM debian:12", ["1:6 debian:12"]],
    ["FROM scratch", []],
    ["ARG V=12\nFROM debian:$V", ["2:6 debian:12"]],
    ["ARG V\nFROM debian:${V:?}", []],
    ["FROM golang AS build\nFROM scratch\nCOPY --from=build /a /", ["1:6 golang"]],
    ["FROM golang\nFROM scratch\nCOPY --from=0 /a /", ["1:6 golang"]],
    ["FROM golang AS unused\nFROM debian", ["2:6 debian"]],
    ["FROM a AS x\nFROM x AS y\nFROM y", ["1:6 a"]],
    ["FROM a AS b\nFROM b", ["1:6 a"]],
    ["FROM a\nCOPY --from=nginx:1 /x /", ["1:6 a", "2:1 nginx:1"]],
    ["FROM a\nRUN --mount=type=bind,from=uv:1,target=/u x", ["1:6 a", "2:1 uv:1"]],
    ["FROM 0\nFROM 0", ["2:6 0"]],
  ])("of %j are %j", (text, expected) => {
    expect(images(text)).toEqual(expected);
  });

  test("are those of the stage to build", () => {
    expect(images("FROM a AS x\nFROM b", { target: "x" })).toEqual(["1:6 a"]);
  });
});

describe("triggers of ONBUILD", () => {
  test("run in a stage that is made from theirs", () => {
    const { volumes, triggers } = describeImage(
      "FROM scratch AS a\nONBUILD VOLUME /x\nONBUILD COPY --chown=1 a /b/\nFROM a",
    );
    expect(volumes.map(({ path, place }) => [path, place])).toEqual([
      ["/x", { line: 2, column: 16 }],
    ]);
    expect(triggers).toEqual([]);
  });

  test("run once, and stay triggers of the stage that has them", () => {
    const image = describeImage("FROM scratch AS a\nONBUILD VOLUME /x\nFROM a AS b\nFROM b");
    expect(image.volumes).toHaveLength(1);
    expect(describeImage("FROM scratch\nONBUILD VOLUME /x")).toMatchObject({
      volumes: [],
      triggers: [{ value: "VOLUME", place: { line: 2, column: 1 } }],
    });
  });
});

describe("here-documents", () => {
  test.each([
    ["COPY <<EOF /a\nx\n$y\nEOF\nCMD z", [["/a", "x\n$y\n", true, 3]]],
    ['COPY <<"EOF" /a\n\tx\nEOF', [["/a", "\tx\n", false, 3]]],
    ["COPY <<-'EOF' /a\n\t\tx\n\tEOF", [["/a", "x\n", false, 3]]],
    [
      "COPY --chmod=755 <<a.sh <<b.sh /bin/\n1\na.sh\n2\nb.sh",
      [
        ["/bin/a.sh", "1\n", true, 3],
        ["/bin/b.sh", "2\n", true, 5],
      ],
    ],
    ["COPY \\\n# comment\n  <<EOF /a\nx\nEOF", [["/a", "x\n", true, 5]]],
    ["COPY <<EOF /a\r\nx\r\nEOF\r\n", [["/a", "x\n", true, 3]]],
    ["COPY <<EOF /a\nEOF", [["/a", "", true, 3]]],
    ["COPY <<EOF /a\nnever", [["/a", "never\n", true, 3]]],
    ["WORKDIR w\nCOPY <<EOF a\nx\nEOF", [["/w/a", "x\n", true, 4]]],
  ])("of %j become files", (text, expected) => {
    const { files } = describeImage(`FROM scratch\n${text}`);
    const found = files.map(({ path, text: content, isExpanded, place }) => [
      path,
      content,
      isExpanded,
      place.line,
    ]);
    expect(found).toEqual(expected);
  });

  test.each([
    ["RUN <<EOF cat && \\\n  b\na\nEOF\nRUN c", ["<<EOF cat &&   b\na\nEOF\n", "c"]],
    ["RUN <<EOF\na\nb\nEOF", ["a\nb\n"]],
    ["RUN <<-'EOF'\n\ta\n\tEOF", ["a\n"]],
    ["RUN <<EOF\n#!/bin/bash -e\na\nEOF", ["#!/bin/bash -e\na\n"]],
    ["RUN <<EOF\n#!/usr/bin/env python3\na\nEOF", [""]],
    ["RUN cat <<A <<B\n1\nA\n2\nB", ["cat <<A <<B\n1\nA\n\n2\nB\n"]],
  ])("belong to what RUN gives to the shell: %j", (text, expected) => {
    const { runs } = describeImage(`FROM scratch\n${text}`);
    expect(runs.map(({ value }) => value)).toEqual(expected);
  });
});

test.each([
  ['SHELL ["/bin/bash", "-c"]', 2],
  ['SHELL ["/bin/bash", "-c"]\nCMD ["a"]', 2],
  ['SHELL ["/bin/bash", "-c"]\nRUN a', undefined],
  ['SHELL ["/bin/bash", "-c"]\nCMD a', undefined],
  ['RUN a\nSHELL ["/bin/bash", "-c"]', 3],
])("whether %j uses its shell", (text, line) => {
  expect(describeImage(`FROM scratch\n${text}`).unusedShell?.place.line).toBe(line);
});

test.each([
  ["USER a\nUSER b", "b", 3],
  ["ARG U=1000\nUSER $U:$U", "1000:1000", 3],
  ["USER $U", undefined, 2],
])("the user of %j", (text, value, line) => {
  const { user } = describeImage(`FROM debian\n${text}`);
  expect(user?.value).toBe(value);
  expect(user?.place.line).toBe(line);
});

test("a health check can be taken back", () => {
  expect(describeImage("FROM a\nHEALTHCHECK CMD x").healthCheck?.place.line).toBe(2);
  expect(describeImage("FROM a\nHEALTHCHECK CMD x\nHEALTHCHECK none").healthCheck).toBeUndefined();
});
