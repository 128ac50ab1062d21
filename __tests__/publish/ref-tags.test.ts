import { PublishError } from "../../src/errors.ts";
import { namesOfRevision, tagsOfRevision } from "../../src/publish/ref-tags.ts";
import { parseImageTag } from "../../src/publish/registry/image-tag.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";

describe("tagsOfRevision", () => {
  it.each([
    ["refs/tags/v1.2.3", ["1.2.3", "1.2", "1", "latest"]],
    ["refs/tags/10.20.30", ["10.20.30", "10.20", "10", "latest"]],
    ["refs/tags/v0.4.1", ["0.4.1", "0.4", "latest"]],
    ["refs/tags/v2.0.0-rc.1", ["2.0.0-rc.1"]],
    ["refs/tags/v1.2.3+build.7", ["1.2.3-build.7", "1.2.3", "1.2", "1", "latest"]],
    ["refs/tags/v1.2.3-rc.1+build.7", ["1.2.3-rc.1-build.7"]],
    ["refs/tags/v01.2.3", ["v01.2.3"]],
    ["refs/tags/v1.2", ["v1.2"]],
    ["refs/tags/nightly/2026-11-21", ["nightly-2026-11-21"]],
    ["refs/tags/.hidden", ["hidden"]],
    ["refs/heads/main", ["main", "sha-0123456"]],
    ["refs/heads/feature/größe #1", ["feature-gr-e-1", "sha-0123456"]],
    ["refs/heads/v1.2.3", ["v1.2.3", "sha-0123456"]],
    ["refs/heads/gh-readonly-queue/main/pr-7-0123", ["sha-0123456"]],
    ["refs/pull/7/merge", ["pr-7"]],
  ])("names the image of %s", (ref, tags) => {
    expect(tagsOfRevision({ ref, commit })).toEqual(tags);
  });

  it("gives names that a registry takes, whatever the branch is called", () => {
    for (const name of ["a b", "-x", "..y", "Ünïcode/z", "_", "x".repeat(128)]) {
      const ref = `refs/heads/${name}`;
      let tags: readonly string[] = [];
      try {
        tags = tagsOfRevision({ ref, commit });
      } catch (error) {
        expect(name).toBe("_");
        expect(error).toBeInstanceOf(PublishError);
      }
      for (const tag of tags) expect(parseImageTag(`alice/hello:${tag}`).tag).toBe(tag);
    }
  });

  it.each(["", "main", "refs/notes/x", "refs/heads/", "refs/pull/x/merge", "refs/heads/日本"])(
    "refuses %j",
    (ref) => {
      expect(() => tagsOfRevision({ ref, commit })).toThrow(PublishError);
    },
  );

  it("refuses a branch whose name is too long for a tag, and an abbreviated commit", () => {
    expect(() => tagsOfRevision({ ref: `refs/heads/${"x".repeat(129)}`, commit })).toThrow(
      /at most 128|No tag of an image/,
    );
    expect(() => tagsOfRevision({ ref: "refs/heads/main", commit: "0123456" })).toThrow(
      '"0123456" is not a git commit.',
    );
  });
});

describe("namesOfRevision", () => {
  it("names an image in a registry", () => {
    expect(namesOfRevision("alice/hello", { ref: "refs/tags/v0.4.1", commit })).toEqual([
      "alice/hello:0.4.1",
      "alice/hello:0.4",
      "alice/hello:latest",
    ]);
  });

  it.each(["alice", "alice/hello:1.0", "alice/hello/more", ""])(
    "refuses the repository %j",
    (name) => {
      expect(() => namesOfRevision(name, { ref: "refs/heads/main", commit })).toThrow(PublishError);
    },
  );
});
