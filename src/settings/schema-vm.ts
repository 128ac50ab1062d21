import * as v from "valibot";
import { parseOutboundUrl } from "../vm/network/outbound-url.ts";
import { NETWORK_NAMES } from "../vm/network/request.ts";
import { PROFILES } from "../vm/profiles.ts";
import { completeRequest, RUNTIME_CHOICES } from "../vm/runtimes/request.ts";
import { MAX_OUTPUT_LIMIT_MIB, MAX_STORAGE_MIB } from "./quantities.ts";
import {
  choice,
  duration,
  hostPath,
  map,
  memory,
  readableBy,
  text,
  wholeNumber,
} from "./schema-values.ts";
import { ACCELERATORS } from "./settings.ts";

const PROFILES_FORM = "expected a list of profiles, such as [v0.4, v0.5]";

const atMost = (mebibytes: number) =>
  v.maxValue<number, number, string>(mebibytes, `must not be more than ${mebibytes} MiB`);

const timeoutsSchema = map({
  boot: v.pipe(
    v.optional(duration, "2m"),
    v.description("How long the VM may take until its guest agent answers."),
  ),
  command: v.pipe(
    v.optional(duration, "60s"),
    v.description("How long each command may run that has no timeout of its own."),
  ),
  total: v.pipe(
    v.optional(duration, "10m"),
    v.description("How long the boot and all tests of a profile may take together."),
  ),
});

const runtimeSchema = map({
  name: v.pipe(
    v.optional(choice(RUNTIME_CHOICES)),
    v.description(
      "auto, system or ya-runtime-vm; the official one when path or url is given, else auto.",
    ),
  ),
  version: v.pipe(
    v.optional(text("the tag of a release, such as v0.5.2")),
    v.description("The official release's tag; v0.5.2 by default."),
  ),
  sha256: v.pipe(
    v.optional(
      v.pipe(
        v.string("expected 64 hexadecimal digits"),
        v.regex(/^[0-9a-fA-F]{64}$/, "expected 64 hexadecimal digits"),
      ),
    ),
    v.description("What the tarball's SHA-256 must be."),
  ),
  url: v.pipe(
    v.optional(text("the URL of a tarball")),
    v.description("Where the tarball is, in place of the release's own URL."),
  ),
  mirror: v.pipe(
    v.optional(text("the URL of a mirror")),
    v.description("What the release's URL starts with, in place of GitHub's download address."),
  ),
  path: v.pipe(
    v.optional(hostPath),
    v.description("An unpacked release, or its tarball, on this machine."),
  ),
});

const URLS_FORM = "expected a list of URLs, such as [https://example.org]";

const networkSchema = map({
  outbound: v.pipe(
    v.array(readableBy(parseOutboundUrl, "a URL, such as https://example.org"), URLS_FORM),
    v.minLength(1, URLS_FORM),
    v.description("The URLs whose hosts and ports the VM may reach, and nothing else."),
  ),
});

/** A network by its name, or the URLs that can be reached. */
export const networkValue = v.pipe(
  v.union(
    [choice(NETWORK_NAMES), networkSchema],
    `expected one of ${NETWORK_NAMES.join(", ")}, or outbound: with a list of URLs`,
  ),
  v.transform((value) =>
    typeof value === "string" ? value : { outbound: value.outbound.map(parseOutboundUrl) },
  ),
);

const vmKeys = map({
  runtime: v.pipe(
    v.optional(
      v.union(
        [choice(RUNTIME_CHOICES), runtimeSchema],
        `expected one of ${RUNTIME_CHOICES.join(", ")}, or a map of keys`,
      ),
      "auto",
    ),
    v.transform((value) => completeRequest(typeof value === "string" ? { name: value } : value)),
    v.description("What boots the image: the official runtime, or this machine's QEMU and kernel."),
  ),
  profile: v.pipe(
    v.optional(choice(PROFILES)),
    v.description(
      "The generation of the VM runtime whose behaviour the image is tested under; documented by default, or that of the official runtime.",
    ),
  ),
  profiles: v.pipe(
    v.optional(
      v.pipe(
        v.array(choice(PROFILES), PROFILES_FORM),
        v.minLength(1, PROFILES_FORM),
        v.check((profiles) => new Set(profiles).size === profiles.length, "names one twice"),
      ),
    ),
    v.description("Several profiles, in place of profile: the tests are run on each."),
  ),
  memory: v.pipe(
    v.optional(memory, "256 MiB"),
    v.description("RAM of the VM: text such as 512 MiB or 1 GiB, or a number of MiB."),
  ),
  cpus: v.pipe(v.optional(wholeNumber(1, 255), 1), v.description("Cores of the VM.")),
  storage: v.pipe(
    v.optional(v.pipe(memory, atMost(MAX_STORAGE_MIB))),
    v.description("What each volume may hold, such as 512 MiB or 2 GiB; no limit by default."),
  ),
  outputLimit: v.pipe(
    v.optional(v.pipe(memory, atMost(MAX_OUTPUT_LIMIT_MIB))),
    v.description(
      "What is kept of each output of a command; by default 1 MiB for a test, and everything for exec.",
    ),
  ),
  network: v.pipe(
    v.optional(networkValue, "none"),
    v.description("What the VM can reach: nothing, other VMs of a VPN, or the internet."),
  ),
  accelerator: v.pipe(
    v.optional(choice(ACCELERATORS), "auto"),
    v.description("kvm is fast, tcg works everywhere; auto takes kvm when a guest runs under it."),
  ),
  kernel: v.pipe(
    v.optional(
      map({
        image: v.pipe(hostPath, v.description("The kernel image (vmlinuz).")),
        modules: v.pipe(
          hostPath,
          v.description("The kernel's directory of modules (lib/modules/VERSION)."),
        ),
      }),
    ),
    v.description("A kernel to boot instead of the one that is found or downloaded."),
  ),
  console: v.pipe(
    v.optional(hostPath),
    v.description("A file to keep the VM's console in, 4 MiB of its start and its end."),
  ),
  timeouts: v.pipe(
    v.optional(timeoutsSchema, {}),
    v.description("Durations such as 500ms, 30s or 1m30s after which a run is ended."),
  ),
});

export const vmSchema = v.pipe(
  vmKeys,
  v.forward(
    v.partialCheck(
      [["profile"], ["profiles"]],
      ({ profile, profiles }) => profile === undefined || profiles === undefined,
      "profile is given, too; keep one of the two",
    ),
    ["profiles"],
  ),
);
