import * as v from "valibot";
import { PROFILES } from "../vm/profiles.ts";
import { choice, duration, hostPath, map, memory, wholeNumber } from "./schema-values.ts";
import { ACCELERATORS } from "./settings.ts";

const timeoutsSchema = map({
  boot: v.pipe(
    v.optional(duration, "60s"),
    v.description("How long the VM may take until its guest agent answers."),
  ),
  command: v.pipe(
    v.optional(duration, "60s"),
    v.description("How long each command may run that has no timeout of its own."),
  ),
  total: v.pipe(
    v.optional(duration, "10m"),
    v.description("How long the boot and all tests may take together."),
  ),
});

export const vmSchema = map({
  profile: v.pipe(
    v.optional(choice(PROFILES), "documented"),
    v.description("The generation of the VM runtime whose behaviour the image is tested under."),
  ),
  memory: v.pipe(
    v.optional(memory, "256 MiB"),
    v.description("RAM of the VM: text such as 512 MiB or 1 GiB, or a number of MiB."),
  ),
  cpus: v.pipe(v.optional(wholeNumber(1, 255), 1), v.description("Cores of the VM.")),
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
  timeouts: v.pipe(
    v.optional(timeoutsSchema, {}),
    v.description("Durations such as 500ms, 30s or 1m30s after which a run is ended."),
  ),
});
