import { COMPATIBILITIES } from "../../checks/structure/choices.ts";
import { parseShard } from "../../pipeline/test-selection.ts";
import { parseBaseUrl } from "../../publish/base-url.ts";
import { parseTarget, TARGET_FORMS } from "../../publish/parse-target.ts";
import { MOST_KEPT } from "../../publish/prune-rule.ts";
import { CONFLICT_RULES } from "../../publish/publish-target.ts";
import { parseRepositoryName } from "../../publish/ref-tags.ts";
import { parseImageTag } from "../../publish/registry/image-tag.ts";
import { MAX_STORAGE_MIB } from "../../settings/quantities.ts";
import {
  ACCELERATORS,
  BUILDERS,
  FAIL_THRESHOLDS,
  MODIFICATION_TIMES,
  SIZE_POLICIES,
} from "../../settings/settings.ts";
import { ISOLATIONS } from "../../settings/test-settings.ts";
import { COMPRESSION_NAMES, parseCompression } from "../../squashfs/compression-options.ts";
import { NETWORK_NAMES, parseNetworkRequest } from "../../vm/network/request.ts";
import { PROFILES } from "../../vm/profiles.ts";
import { RUNTIME_CHOICES } from "../../vm/runtimes/request.ts";
import {
  amount,
  choice,
  duration,
  flag,
  type Input,
  input,
  list,
  pairs,
  parsed,
  path,
  secret,
  text,
  wholeNumber,
} from "./input.ts";

const STAGES = ["lint", "build", "convert", "test", "publish"] as const;
const SECRET_ID = /^[\w.-]{1,100}$/;

/**
 * Every input of every action, once. The `action.yml` files, `action-types.yml`, the tables of docs/actions.md
 * and what reads `INPUT_*` are made of it.
 */
export const INPUTS = {
  context: input(path, {
    description:
      "The directory that the Dockerfile copies from; `golem-image.yml` is looked for in it.",
    actions: STAGES,
    fallback: ".",
  }),
  settings: input(path, {
    description: "The settings file, in place of `golem-image.yml` in the context.",
    actions: STAGES,
  }),
  dockerfile: input(path, {
    description: "The Dockerfile; `Dockerfile` in the context when nothing is said.",
    actions: ["lint", "build", "convert"],
    setting: "file",
  }),
  target: input(text, {
    description: "The stage of the Dockerfile to build; the last one by default.",
    actions: ["lint", "build", "convert"],
    setting: "target",
  }),
  "build-args": input(pairs(/^[A-Za-z_]\w*$/, "KEY=value on each line"), {
    description: "Build arguments, `KEY=value` on each line. They are no place for secrets.",
    actions: ["lint", "build", "convert"],
    setting: "buildArg",
  }),
  "build-secrets": input(pairs(SECRET_ID, "ID=value on each line", "secret list"), {
    description:
      "Secrets for `RUN --mount=type=secret,id=ID`, `ID=value` on each line. They are masked, and never in an argument or a layer.",
    actions: ["build"],
  }),
  "build-secret-files": input(pairs(SECRET_ID, "ID=path on each line"), {
    description: "The same from files, for secrets of several lines: `ID=path` on each line.",
    actions: ["build"],
  }),
  builder: input(choice(BUILDERS), {
    description: "What builds the image; `auto` takes the first that works.",
    actions: ["build"],
    setting: "builder",
  }),
  "cache-from": input(list(text), {
    description:
      "Where Buildx takes layers from, one place a line. GitHub's cache where it can be used and nothing is said; `none` for nothing.",
    actions: ["build"],
    setting: "cacheFrom",
  }),
  "cache-to": input(list(text), {
    description: "Where Buildx keeps layers, in the same way.",
    actions: ["build"],
    setting: "cacheTo",
  }),
  ignore: input(
    list({
      expected: "the id of a rule, such as GVM003",
      read: (id: string) => (/^GVM\d{3}$/.test(id) ? id : undefined),
    }),
    {
      description: "Lint rules to leave out, one a line, such as `GVM003`.",
      actions: ["lint", "convert"],
      setting: "ignore",
    },
  ),
  "fail-on": input(choice(FAIL_THRESHOLDS), {
    description: "The least severity of a finding that fails the run.",
    actions: ["lint", "convert"],
    setting: "failOn",
  }),
  image: input(text, {
    description:
      "An image that is built already: `docker:NAME`, `oci-archive:FILE`, `docker-archive:FILE`, or a path.",
    actions: ["lint", "convert"],
  }),
  "lint-image": input(flag, {
    description: "Whether the files of the image are linted as well when they are read.",
    actions: ["convert"],
    fallback: "false",
    isStageOnly: true,
  }),
  output: input(path, {
    description: "The `.gvmi` to write; a file in the runner's temporary directory by default.",
    actions: ["convert"],
    setting: "output",
  }),
  compression: input(
    parsed(`one of ${COMPRESSION_NAMES.join(", ")}`, (value) => parseCompression(value)),
    {
      description: `How the image is compressed: ${COMPRESSION_NAMES.map((name) => `\`${name}\``).join(", ")}.`,
      actions: ["convert"],
      setting: "compression",
    },
  ),
  level: input(wholeNumber(1, 9), {
    description: "The compression level, from 1 (fast) to 9 (small).",
    actions: ["convert"],
    setting: "level",
  }),
  "allow-unreadable": input(flag, {
    description: "Write and boot zstd all the same, which providers cannot read.",
    actions: ["convert", "test"],
    setting: "allowUnreadable",
  }),
  "modification-times": input(choice(MODIFICATION_TIMES), {
    description: "What becomes of the times of files.",
    actions: ["convert"],
    setting: "modificationTimes",
  }),
  cache: input(flag, {
    description:
      "Whether earlier conversions are taken from GitHub's cache, and this one is kept there.",
    actions: ["convert"],
    setting: "cache",
  }),
  "max-size": input(amount, {
    description: "The most that the `.gvmi` may have, such as `300 MiB`.",
    actions: ["convert"],
    setting: "maxSize",
  }),
  "max-size-policy": input(choice(SIZE_POLICIES), {
    description: "Whether a larger image fails the run or is warned about.",
    actions: ["convert"],
    setting: "maxSizePolicy",
  }),
  gvmi: input(path, {
    description: "A `.gvmi` that is there already.",
    actions: ["test", "publish"],
  }),
  profile: input(
    list({
      expected: `one of ${PROFILES.join(", ")}`,
      read: (name: string) => PROFILES.find((known) => known === name),
    }),
    {
      description: `The runtime generations to test under, one a line: ${PROFILES.map((name) => `\`${name}\``).join(", ")}.`,
      actions: ["test"],
      setting: "profile",
    },
  ),
  memory: input(amount, {
    description: "The VM's memory, such as `512 MiB`.",
    actions: ["test"],
    setting: "memory",
  }),
  cpus: input(wholeNumber(1, 255), {
    description: "The VM's cores.",
    actions: ["test"],
    setting: "cpus",
  }),
  storage: input(
    {
      ...amount,
      expected: `${amount.expected}, at most ${MAX_STORAGE_MIB} MiB`,
      read: (value) => {
        const mebibytes = amount.read(value);
        return mebibytes !== undefined && mebibytes <= MAX_STORAGE_MIB ? mebibytes : undefined;
      },
    },
    {
      description: "What each volume may hold, such as `2 GiB`.",
      actions: ["test"],
      setting: "storage",
    },
  ),
  network: input(
    parsed(`${NETWORK_NAMES.join(", ")}, or outbound:URL on each line`, (value) =>
      value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .reduce<ReturnType<typeof parseNetworkRequest> | undefined>(
          (previous, line) => parseNetworkRequest(line, previous),
          undefined,
        ),
    ),
    {
      description: `The VM's network: ${NETWORK_NAMES.map((name) => `\`${name}\``).join(", ")}, or \`outbound:URL\` on each line.`,
      actions: ["test"],
      setting: "network",
    },
  ),
  runtime: input(choice(RUNTIME_CHOICES), {
    description: "What boots the image.",
    actions: ["test"],
    setting: "runtime",
  }),
  "runtime-version": input(text, {
    description: "The release of the official runtime, such as `v0.5.2`.",
    actions: ["test"],
    setting: "runtimeVersion",
  }),
  "runtime-sha256": input(text, {
    description: "What the SHA-256 of its tarball must be.",
    actions: ["test"],
    setting: "runtimeSha256",
  }),
  "runtime-mirror": input(text, {
    description: "What the URLs of its releases start with.",
    actions: ["test"],
    setting: "runtimeMirror",
  }),
  "runtime-url": input(text, {
    description: "Where its tarball is.",
    actions: ["test"],
    setting: "runtimeUrl",
  }),
  "runtime-path": input(path, {
    description: "Its tarball on the runner, or what that unpacks to.",
    actions: ["test"],
    setting: "runtimePath",
  }),
  accelerator: input(choice(ACCELERATORS), {
    description: "How QEMU runs the guest.",
    actions: ["test"],
    setting: "accelerator",
  }),
  timeout: input(duration, {
    description: "For each command, such as `30s`.",
    actions: ["test"],
    setting: "timeout",
  }),
  "boot-timeout": input(duration, {
    description: "Until the VM is ready.",
    actions: ["test"],
    setting: "bootTimeout",
  }),
  "total-timeout": input(duration, {
    description: "For the boot and all tests of a profile together.",
    actions: ["test"],
    setting: "totalTimeout",
  }),
  tests: input(list(path), {
    description:
      "Files of tests to run in place of the settings' tests, one a line: container-structure-test's or exe-scripts.",
    actions: ["test"],
  }),
  only: input(text, {
    description: "Run the tests whose names this regular expression (RE2) matches.",
    actions: ["test"],
  }),
  shard: input(parsed("a part of the tests, such as 1/4", parseShard), {
    description: "Run one part of the tests, such as `1/4`.",
    actions: ["test"],
  }),
  isolation: input(choice(ISOLATIONS), {
    description: "What state tests meet: `reset` (as after a boot), `boot` (one each), `shared`.",
    actions: ["test"],
  }),
  parallel: input(
    {
      kind: "text",
      expected: "a whole number from 1 to 64, or auto",
      read: (value: string) => (value === "auto" ? value : wholeNumber(1, 64).read(value)),
    },
    {
      description: "VMs at a time, a number or `auto`; as far as memory and cores go.",
      actions: ["test"],
    },
  ),
  "fail-fast": input(flag, {
    description: "Run nothing more after a test has failed.",
    actions: ["test"],
  }),
  retries: input(wholeNumber(0, 10), {
    description: "How often a failed test is tried again; it is flaky when it passes then.",
    actions: ["test"],
  }),
  compat: input(choice(COMPATIBILITIES), {
    description: "`strict` for the verdicts of container-structure-test where that is possible.",
    actions: ["test"],
  }),
  install: input(flag, {
    description:
      "Whether QEMU is installed with apt-get where it is missing, and, on GitHub's own runners, every user may use KVM.",
    actions: ["test"],
    fallback: "true",
  }),
  "right-size": input(flag, {
    description:
      "Whether the least memory is searched for by booting again and again; else it is what the tests took and a margin.",
    actions: ["test"],
    fallback: "false",
  }),
  "test-report": input(path, {
    description:
      "The directory for reports and consoles; one in the runner's temporary directory by default.",
    actions: ["test"],
  }),
  to: input(
    parsed(`one of ${Object.values(TARGET_FORMS).join(", ")}`, (value) => parseTarget(value)),
    {
      description: `Where to publish: ${Object.values(TARGET_FORMS)
        .map((form) => `\`${form}\``)
        .join(", ")}.`,
      actions: ["publish"],
      setting: "to",
    },
  ),
  url: input(
    parsed("a URL", (value) => parseBaseUrl(value).href),
    {
      description: "What the URLs of published files start with.",
      actions: ["publish"],
      setting: "url",
    },
  ),
  tags: input(
    list({
      expected: "user/repository:tag",
      read: (value: string) => parseImageTag(value).text,
    }),
    {
      description: "Names in the registry, one a line: `user/repository:tag`.",
      actions: ["publish"],
      setting: "tag",
    },
  ),
  "tags-from-ref": input(
    parsed("user/repository", (value) => {
      parseRepositoryName(value);
      return value;
    }),
    {
      description:
        "A `user/repository` in the registry that gets tags of the git ref: `1.2.3`, `1.2`, `1`, `latest` of the tag `v1.2.3`, or of the branch and commit, or of the pull request. Names that move need `on-conflict: move`.",
      actions: ["publish"],
    },
  ),
  "on-conflict": input(choice(CONFLICT_RULES), {
    description: "What to do when a name belongs to another image.",
    actions: ["publish"],
    setting: "onConflict",
  }),
  "stall-timeout": input(duration, {
    description: "For how long a transfer may stand still.",
    actions: ["publish", "verify"],
    setting: "stallTimeout",
  }),
  "keep-last": input(wholeNumber(1, MOST_KEPT), {
    description: "How many of the latest images of this name stay in a directory.",
    actions: ["publish"],
    setting: "keepLast",
  }),
  "keep-days": input(wholeNumber(1, MOST_KEPT), {
    description: "For how many days images of this name stay in a directory.",
    actions: ["publish"],
    setting: "keepDays",
  }),
  optional: input(flag, {
    description:
      "Whether the step ends with a notice, and no failure, where nothing says where to publish to, or where a pull request of a fork has no secret to do it with.",
    actions: ["publish"],
    fallback: "false",
    isStageOnly: true,
  }),
  "registry-url": input(text, {
    description: "The registry; the public one by default. As `REGISTRY_URL` in the environment.",
    actions: ["publish", "verify"],
    variable: "REGISTRY_URL",
  }),
  "registry-user": input(text, {
    description: "Who publishes to the registry. As `REGISTRY_USER`.",
    actions: ["publish"],
    variable: "REGISTRY_USER",
  }),
  "registry-token": input(secret, {
    description: "That user's token. As `REGISTRY_TOKEN`.",
    actions: ["publish"],
    variable: "REGISTRY_TOKEN",
  }),
  "s3-endpoint": input(text, {
    description: "An S3-compatible server that is not Amazon's. As `AWS_ENDPOINT_URL_S3`.",
    actions: ["publish"],
    variable: "AWS_ENDPOINT_URL_S3",
  }),
  "s3-region": input(text, {
    description: "The bucket's region. As `AWS_REGION`.",
    actions: ["publish"],
    variable: "AWS_REGION",
  }),
  "s3-access-key-id": input(secret, {
    description: "As `AWS_ACCESS_KEY_ID`.",
    actions: ["publish"],
    variable: "AWS_ACCESS_KEY_ID",
  }),
  "s3-secret-access-key": input(secret, {
    description: "As `AWS_SECRET_ACCESS_KEY`.",
    actions: ["publish"],
    variable: "AWS_SECRET_ACCESS_KEY",
  }),
  "http-origin": input(text, {
    description: "The server that may see the token for `http:`. As `PUBLISH_HTTP_ORIGIN`.",
    actions: ["publish"],
    variable: "PUBLISH_HTTP_ORIGIN",
  }),
  "http-token": input(secret, {
    description: "The bearer token of uploads to `http:`. As `PUBLISH_HTTP_TOKEN`.",
    actions: ["publish"],
    variable: "PUBLISH_HTTP_TOKEN",
  }),
  "github-token": input(secret, {
    description:
      "The token for releases (`contents: write`) and the comment (`pull-requests: write`). As `GITHUB_TOKEN`.",
    actions: ["publish", "summary"],
    variable: "GITHUB_TOKEN",
    fallback: `\${{ github.token }}`,
  }),
  subject: input(text, {
    description:
      "The published image: a URL, a package string (`hash:sha3:HASH:URL`), a hash, or `user/repository:tag`.",
    actions: ["verify"],
    isRequired: true,
  }),
  hash: input(
    parsed("56 hexadecimal digits", (value) =>
      /^[0-9a-fA-F]{56}$/.test(value) ? value.toLowerCase() : undefined,
    ) as Input<string>,
    {
      description: "The SHA3-224 that it must have.",
      actions: ["verify"],
    },
  ),
  results: input(path, {
    description:
      "The directory in which stages leave their results for `summary`. A stage without it writes a summary of its own.",
    actions: ["lint", "build", "convert", "test", "publish", "verify", "summary"],
    isStageOnly: true,
  }),
  summary: input(flag, {
    description: "Whether the job's summary is written.",
    actions: ["lint", "build", "convert", "test", "publish", "verify", "summary"],
    fallback: "true",
  }),
  comment: input(flag, {
    description:
      "Whether the summary is a comment of the pull request, too, which is updated in place.",
    actions: ["summary"],
    fallback: "false",
  }),
  "comment-key": input(text, {
    description:
      "Tells the comments of jobs apart that have one name, such as those of a matrix; each key has a comment of its own.",
    actions: ["summary"],
  }),
} satisfies Record<string, Input<unknown>>;

export type InputName = keyof typeof INPUTS;

/** What reading an input gives; undefined when it is empty and has no default. */
export type InputValue<N extends InputName> =
  (typeof INPUTS)[N] extends Input<infer T> ? NonNullable<T> : never;
