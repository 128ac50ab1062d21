import * as v from "valibot";
import { parseBaseUrl } from "../publish/base-url.ts";
import { parseTarget } from "../publish/parse-target.ts";
import { MOST_KEPT } from "../publish/prune-rule.ts";
import { CONFLICT_RULES } from "../publish/publish-target.ts";
import { parseImageTag } from "../publish/registry/image-tag.ts";
import { COMPRESSION_NAMES, parseCompression } from "../squashfs/compression-options.ts";
import { testSchema } from "./schema-tests.ts";
import {
  choice,
  duration,
  hostPath,
  map,
  memory,
  parsedBy,
  text,
  wholeNumber,
} from "./schema-values.ts";
import { vmSchema } from "./schema-vm.ts";
import { BUILDERS, FAIL_THRESHOLDS, MODIFICATION_TIMES, SIZE_POLICIES } from "./settings.ts";

const buildSchema = map({
  builder: v.pipe(
    v.optional(choice(BUILDERS), "auto"),
    v.description("What builds the image; auto takes the first that really works."),
  ),
  args: v.pipe(
    v.optional(
      v.record(
        v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, "expected the name of a build argument")),
        v.pipe(
          v.string("expected text or a number"),
          v.check((value) => !value.includes("\0"), "expected text without NUL characters"),
        ),
        "expected a map of build arguments",
      ),
      {},
    ),
    v.description("Build arguments, as docker build's --build-arg."),
  ),
  target: v.pipe(
    v.optional(text("the name of a build stage")),
    v.description("The stage of the Dockerfile to build; the last one by default."),
  ),
  secrets: v.pipe(
    v.optional(
      v.record(
        v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/, "expected the id of a secret")),
        v.pipe(
          map({
            env: v.pipe(
              v.optional(text("the name of an environment variable")),
              v.description("The variable of the environment that holds it."),
            ),
            file: v.pipe(v.optional(hostPath), v.description("The file that holds it.")),
          }),
          v.check(
            ({ env, file }) => (env === undefined) !== (file === undefined),
            "expected either env or file",
          ),
        ),
        "expected a map of secrets",
      ),
    ),
    v.description(
      "Secrets for RUN --mount=type=secret by id: where each is, a variable or a file, and never what it is.",
    ),
  ),
  cacheFrom: v.pipe(
    v.optional(v.array(text("a place such as type=gha"), "expected a list of places")),
    v.description("Where Buildx takes layers from, as its --cache-from; others do without."),
  ),
  cacheTo: v.pipe(
    v.optional(v.array(text("a place such as type=gha"), "expected a list of places")),
    v.description("Where Buildx keeps layers, as its --cache-to; others do without."),
  ),
});

const MOST_ENTRIES = 100_000_000;

const limitsSchema = map({
  uncompressed: v.pipe(
    v.optional(memory),
    v.description("Of all layers uncompressed: an amount such as 16 GiB; 8 GiB by default."),
  ),
  entries: v.pipe(
    v.optional(wholeNumber(1, MOST_ENTRIES)),
    v.description("Entries of all layers together; a million by default."),
  ),
  header: v.pipe(
    v.optional(memory),
    v.description("Of one extended tar header or sparse map; 1 MiB by default."),
  ),
  metadata: v.pipe(
    v.optional(memory),
    v.description("Of names, links and extended attributes together; 512 MiB by default."),
  ),
});

const convertSchema = v.pipe(
  map({
    output: v.pipe(
      v.optional(hostPath),
      v.description("The .gvmi to write; NAME.gvmi in the working directory by default."),
    ),
    compression: v.pipe(
      v.optional(parsedBy(parseCompression, `one of ${COMPRESSION_NAMES.join(", ")}`), "balanced"),
      v.description(
        "How file contents are compressed: balanced (gzip), smallest (xz), fastest (lz4), or a compressor.",
      ),
    ),
    allowUnreadable: v.pipe(
      v.optional(v.boolean("expected true or false"), false),
      v.description(
        "Whether zstd, which providers cannot read, is written and booted all the same.",
      ),
    ),
    modificationTimes: v.pipe(
      v.optional(choice(MODIFICATION_TIMES)),
      v.description(
        "What becomes of the times of files; by default they are kept, or at most SOURCE_DATE_EPOCH where that is set.",
      ),
    ),
    cache: v.pipe(
      v.optional(v.boolean("expected true or false"), true),
      v.description("Whether earlier conversions are used, and this one is kept."),
    ),
    maxSize: v.pipe(
      v.optional(memory),
      v.description("The most that the .gvmi may have, such as 300 MiB; any size by default."),
    ),
    maxSizePolicy: v.pipe(
      v.optional(choice(SIZE_POLICIES)),
      v.description("Whether a larger .gvmi fails the run, as by default, or is warned about."),
    ),
    limits: v.pipe(
      v.optional(limitsSchema, {}),
      v.description("What an image may cost before it is taken for a bomb."),
    ),
    level: v.pipe(
      v.optional(wholeNumber(1, 9)),
      v.description("From 1 (fastest) to 9 (smallest), for gzip (6 by default) and lzo."),
    ),
  }),
  v.forward(
    v.partialCheck(
      [["compression"], ["level"]],
      ({ compression, level }) =>
        level === undefined || compression === "gzip" || compression === "lzo",
      "only gzip and lzo have levels",
    ),
    ["level"],
  ),
  v.forward(
    v.partialCheck(
      [["compression"], ["allowUnreadable"]],
      ({ compression, allowUnreadable }) => compression !== "zstd" || allowUnreadable,
      "the kernel of Golem's providers does not read zstd; with allowUnreadable: true it is written all the same",
    ),
    ["compression"],
  ),
);

const TAGS_FORM = "a name such as alice/hello:1.0, or a list of them";

const publishSchema = map({
  to: v.pipe(
    v.optional(parsedBy(parseTarget, "a place to publish to, such as directory:public")),
    v.description(
      "Where to publish: registry, directory:DIR, s3:BUCKET, github-release:OWNER/REPOSITORY@TAG or http:URL.",
    ),
  ),
  url: v.pipe(
    v.optional(
      v.pipe(
        parsedBy(parseBaseUrl, "a URL"),
        v.transform((url) => url.href),
      ),
    ),
    v.description(
      "What the URLs of published files start with, or a template of them; http or https.",
    ),
  ),
  tags: v.pipe(
    v.optional(
      v.pipe(
        v.union([v.string(), v.array(v.string())], `expected ${TAGS_FORM}`),
        v.transform((value) => (typeof value === "string" ? [value] : value)),
        v.array(parsedBy((name) => parseImageTag(name).text, TAGS_FORM)),
      ),
      [],
    ),
    v.description("Names of the image in a registry, such as alice/hello:1.0; anonymous without."),
  ),
  onConflict: v.pipe(
    v.optional(choice(CONFLICT_RULES), "fail"),
    v.description("What to do when a name belongs to another image."),
  ),
  stallTimeout: v.pipe(
    v.optional(duration, "30s"),
    v.description("For how long a transfer may stand still."),
  ),
  keepLast: v.pipe(
    v.optional(wholeNumber(1, MOST_KEPT)),
    v.description(
      "How many of the latest images of this name stay in a directory; all by default.",
    ),
  ),
  keepDays: v.pipe(
    v.optional(wholeNumber(1, MOST_KEPT)),
    v.description(
      "For how many days images of this name stay in a directory; for ever by default.",
    ),
  ),
});

const RULE_FORM = "expected the id of a rule, such as GVM003";

const ruleId = v.pipe(v.string(RULE_FORM), v.regex(/^GVM\d{3}$/, RULE_FORM));

const lintSchema = map({
  ignore: v.pipe(
    v.optional(v.array(ruleId, "expected a list of rules, such as [GVM003]"), []),
    v.description("Rules that are not run."),
  ),
  severity: v.pipe(
    v.optional(
      v.record(
        ruleId,
        choice(["error", "warning", "info"]),
        "expected a map of rules and severities, such as {GVM003: info}",
      ),
      {},
    ),
    v.description("Severities of rules, in place of their own: error, warning or info."),
  ),
  trusted: v.pipe(
    v.optional(
      v.array(
        text("the name of an image, or a registry"),
        "expected a list of images or registries, such as [registry.example.org/team]",
      ),
      [],
    ),
    v.description("Base images, or what their names start with, that need no digest."),
  ),
  failOn: v.pipe(
    v.optional(choice(FAIL_THRESHOLDS), "error"),
    v.description("The least severity of a finding that fails the run."),
  ),
});

const NAME_FORM = "letters, digits, '-', '_' and '.', starting with a letter or digit";

/** `golem-image.yml` as it is written; its output lacks only what the file's place decides. */
export const settingsSchema = map({
  name: v.pipe(
    v.optional(
      v.pipe(
        v.string(`expected ${NAME_FORM}`),
        v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, `expected ${NAME_FORM}, at most 100`),
      ),
    ),
    v.description("Base name of what is written; the name of the context's directory by default."),
  ),
  dockerfile: v.pipe(
    v.optional(hostPath),
    v.description("The Dockerfile; Dockerfile in the context's directory by default."),
  ),
  build: v.pipe(v.optional(buildSchema, {}), v.description("How the container image is built.")),
  convert: v.pipe(
    v.optional(convertSchema, {}),
    v.description("How the container image becomes a .gvmi."),
  ),
  vm: v.pipe(v.optional(vmSchema, {}), v.description("The VM that the image is booted in.")),
  tests: v.pipe(
    v.optional(v.array(testSchema, "expected a list of tests"), []),
    v.description("Commands to run in the booted VM, and what must come of them."),
  ),
  testFiles: v.pipe(
    v.optional(v.array(hostPath, "expected a list of paths"), []),
    v.description("Files with more tests: container-structure-test's, or Golem exe-scripts."),
  ),
  publish: v.pipe(
    v.optional(publishSchema, {}),
    v.description("Where the image goes once its tests have passed."),
  ),
  lint: v.pipe(
    v.optional(lintSchema, {}),
    v.description("Which findings about the image are reported, and which fail the run."),
  ),
});

export type SettingsFile = v.InferOutput<typeof settingsSchema>;
