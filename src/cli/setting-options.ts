import { type Command, Option } from "commander";
import { parseBaseUrl } from "../publish/base-url.ts";
import { parseTarget, TARGET_FORMS } from "../publish/parse-target.ts";
import { MOST_KEPT } from "../publish/prune-rule.ts";
import { CONFLICT_RULES } from "../publish/publish-target.ts";
import { MAX_OUTPUT_LIMIT_MIB, MAX_STORAGE_MIB } from "../settings/quantities.ts";
import {
  ACCELERATORS,
  BUILDERS,
  FAIL_THRESHOLDS,
  MODIFICATION_TIMES,
} from "../settings/settings.ts";
import { COMPRESSION_NAMES, parseCompression } from "../squashfs/compression-options.ts";
import { NETWORK_NAMES, parseNetworkRequest } from "../vm/network/request.ts";
import { PROFILES } from "../vm/profiles.ts";
import { RUNTIME_CHOICES } from "../vm/runtimes/request.ts";
import {
  buildArgumentValue,
  durationValue,
  memoryUpTo,
  memoryValue,
  parsedBy,
  profileValue,
  ruleValue,
  tagValue,
  wholeNumberValue,
} from "./option-values.ts";

const allowUnreadable = new Option(
  "--allow-unreadable",
  "write and boot zstd all the same, which providers cannot read",
);

const GROUPS = {
  settings: [new Option("--settings <file>", "settings file instead of golem-image.yml")],
  dockerfile: [
    new Option("-f, --file <dockerfile>", "the Dockerfile"),
    new Option("--dockerfile <dockerfile>", "the same").hideHelp().conflicts("file"),
  ],
  lint: [
    new Option("--ignore <rule>", "leave a lint rule out (repeatable)").argParser(ruleValue),
    new Option("--fail-on <severity>", "least severity that fails").choices(FAIL_THRESHOLDS),
  ],
  build: [
    new Option("--builder <name>", "what builds the image").choices(BUILDERS),
    new Option("--build-arg <key=value>", "build argument (repeatable)").argParser(
      buildArgumentValue,
    ),
    new Option("--target <stage>", "stage of the Dockerfile to build"),
  ],
  convert: [
    new Option("--compression <name>", COMPRESSION_NAMES.join(", ")).argParser(
      parsedBy(parseCompression),
    ),
    new Option("--level <number>", "compression level, 1 to 9").argParser(wholeNumberValue(1, 9)),
    allowUnreadable,
    new Option("--modification-times <policy>", "what becomes of the times of files").choices(
      MODIFICATION_TIMES,
    ),
    new Option("--no-cache", "convert anew, and keep nothing"),
    new Option("--max-uncompressed <amount>", "largest image, such as 16GiB").argParser(
      memoryValue,
    ),
    new Option("--max-entries <number>", "most entries of all layers").argParser(
      wholeNumberValue(1, 100_000_000),
    ),
    new Option("--max-header <amount>", "largest extended tar header").argParser(memoryValue),
    new Option("--max-metadata <amount>", "most of names, links and attributes").argParser(
      memoryValue,
    ),
  ],
  vm: [
    new Option("--runtime <name>", "what boots the image").choices(RUNTIME_CHOICES),
    new Option("--runtime-version <tag>", "release of the official runtime, such as v0.5.2"),
    new Option("--runtime-sha256 <hex>", "what its tarball's SHA-256 must be"),
    new Option("--runtime-url <url>", "where its tarball is"),
    new Option("--runtime-mirror <url>", "what the URLs of its releases start with"),
    new Option("--runtime-path <path>", "its tarball, or what that unpacks to"),
    new Option(
      "--profile <names>",
      `runtime generation to reproduce: ${PROFILES.join(", ")} (repeatable)`,
    ).argParser(profileValue),
    new Option("--memory <amount>", "the VM's memory, such as 512MiB").argParser(memoryValue),
    new Option("--cpus <number>", "the VM's cores").argParser(wholeNumberValue(1, 255)),
    new Option("--storage <amount>", "what each volume may hold, such as 2GiB").argParser(
      memoryUpTo(MAX_STORAGE_MIB),
    ),
    new Option("--output-limit <amount>", "what is kept of each output, such as 4MiB").argParser(
      memoryUpTo(MAX_OUTPUT_LIMIT_MIB),
    ),
    new Option(
      "--network <network>",
      `${NETWORK_NAMES.join(", ")}, or outbound:URL (repeatable)`,
    ).argParser(parsedBy(parseNetworkRequest)),
    new Option("--accelerator <name>", "how QEMU runs the guest").choices(ACCELERATORS),
    new Option("--timeout <duration>", "for each command, such as 30s").argParser(durationValue),
    new Option("--boot-timeout <duration>", "until the VM is ready").argParser(durationValue),
    new Option("--total-timeout <duration>", "for boot and commands together").argParser(
      durationValue,
    ),
    new Option("--console <file>", "keep the VM's console in a file"),
    allowUnreadable,
  ],
  publish: [
    new Option(
      "--to <target>",
      `where to publish: ${Object.values(TARGET_FORMS).join(", ")}`,
    ).argParser(parsedBy(parseTarget)),
    new Option("--url <base>", "what the URLs of published files start with").argParser(
      parsedBy((text: string) => parseBaseUrl(text).href),
    ),
    new Option("--tag <name>", "name in the registry: user/repository:tag (repeatable)").argParser(
      tagValue,
    ),
    new Option("--on-conflict <rule>", "when a name belongs to another image").choices(
      CONFLICT_RULES,
    ),
    new Option("--stall-timeout <duration>", "for how long a transfer may stand still").argParser(
      durationValue,
    ),
    new Option("--keep-last <n>", "remove older images of this name from a directory").argParser(
      wholeNumberValue(1, MOST_KEPT),
    ),
    new Option("--keep-days <n>", "for how long images of this name stay in a directory").argParser(
      wholeNumberValue(1, MOST_KEPT),
    ),
  ],
} as const;

export type OptionGroup = keyof typeof GROUPS;

/** Adds the options of these groups to a command. */
export function addSettingOptions(command: Command, ...groups: OptionGroup[]): Command {
  // Two groups may share an option.
  const options = new Set(groups.flatMap((group): readonly Option[] => GROUPS[group]));
  for (const option of options) command.addOption(option);
  return command;
}
