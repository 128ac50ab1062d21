import type { FinalImage } from "../../dockerfile/final-image.ts";
import { isProvidersPlatform } from "../../dockerfile/platform.ts";
import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** Docker Hub's organisations of images for other machines. */
const FOREIGN_ORGANISATIONS =
  /^(?:docker\.io\/)?(arm32v[567]|arm64v8|i386|mips64le|ppc64le|s390x|riscv64|windows-amd64|winamd64)\//;
const WINDOWS = /^mcr\.microsoft\.com\/windows(?:\/|:|$)|[-:](?:nanoserver|windowsservercore)\b/;

export const otherPlatform: Rule = {
  id: "GVM018",
  name: "other-platform",
  severity: "error",
  depths: ["dockerfile", "config"],
  summary: "The image is not for linux/amd64.",
  why: "Providers run VMs on x86-64 processors. Programs for other processors or systems do not start there.",
  cure: "Build for linux/amd64, from base images that are available for it.",
  page: {
    bad: "FROM --platform=linux/arm64 debian:12",
    good: "FROM --platform=linux/amd64 debian:12",
    affected: "All providers.",
  },
  proof: [
    "programs of another machine, or without their interpreter, do not start",
    "what was moved is there, and programs start",
  ],
  *check(context) {
    const { declared, platform } = context;
    if (platform && !isAmd64(platform)) {
      const { os, architecture, variant } = platform;
      const name = [os, architecture, variant].filter(Boolean).join("/");
      yield {
        place: basePlace(context),
        message: describe(`The image is for ${displayText(name)}`),
      };
    } else if (declared) yield* fromDockerfile(declared);
  },
};

const isAmd64 = ({ os, architecture }: { os: string; architecture: string }) =>
  os === "linux" && architecture === "amd64";

function* fromDockerfile({ platform, base, isFromScratch }: FinalImage): Generator<RuleFinding> {
  if (platform && !isProvidersPlatform(platform.value)) {
    const { place, value } = platform;
    yield { place, message: describe(`The image is built for ${displayText(value)}`) };
    return;
  }
  if (isFromScratch) return;
  const { value: name, place } = base;
  const organisation = FOREIGN_ORGANISATIONS.exec(name)?.[1];
  if (organisation === undefined && !WINDOWS.test(name)) return;
  const what = organisation ?? "Windows";
  yield { place, message: describe(`The base image ${displayText(name)} is for ${what}`) };
}

const describe = (what: string) => `${what}; the VMs of providers are linux/amd64.`;
