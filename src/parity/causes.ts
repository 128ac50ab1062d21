import type { Explanation } from "../checks/test-result.ts";
import type { Cause, CauseId } from "./parity-result.ts";

type CauseText = Pick<Cause, "rule" | "why" | "cure">;

/** What a newcomer has to know of each cause; docs/docker-differences.md has the whole list. */
const TEXTS: Readonly<Record<CauseId, CauseText>> = {
  environment: {
    rule: "GVM003",
    why: "Most of Golem's providers drop ENV: commands start with an empty environment.",
    cure: 'Let the command set what it needs: /bin/sh -c "NAME=value exec program". `golem-image init-script` writes that.',
  },
  entrypoint: {
    rule: "GVM002",
    why: "Nothing starts by itself on Golem: the requestor names each command, and ENTRYPOINT and CMD are not run.",
    cure: "Start it from the requestor's script. `golem-image init-script` writes that.",
  },
  user: {
    rule: "GVM005",
    why: "Every command runs as root on Golem: USER is not kept.",
    cure: "Let the command change the user, such as by `su` or `setpriv`, after the requestor made / accessible.",
  },
  programs: {
    rule: "GVM017",
    why: "There is no PATH search on Golem: a command is the absolute path of a program.",
    cure: "Write the absolute path.",
  },
  "hidden-files": {
    rule: "GVM007",
    why: "Volumes are empty at the start on Golem, and /tmp, /dev, /proc and /sys are new: they hide what the image has there.",
    cure: "Keep files outside of them, and copy them there with the first command.",
  },
  overlay: {
    rule: "GVM015",
    why: "Outside of volumes only a small overlay in memory can be written to on Golem: 128 MB, or half of the memory on v0.5.",
    cure: "Let programs write to a VOLUME.",
  },
  permissions: {
    rule: "GVM013",
    why: "The root directory belongs to root alone (0700) on many of Golem's providers: other users have access to nothing.",
    cure: 'Run "/bin/chmod a+rx /" as the first command.',
  },
  "host-names": {
    rule: "GVM016",
    why: "The nodes of a Golem network know no names of each other.",
    cure: "Connect by IP address.",
  },
  network: {
    rule: "GVM024",
    why: "There is no network on Golem unless the requestor asks for one.",
    cure: "Ask for a VPN or outbound access, or put what is downloaded into the image.",
  },
  "volume-file-system": {
    rule: "GVM014",
    why: "Volumes are shared with the provider over 9p, which does not do all that a file system does.",
    cure: "Keep databases and what maps or locks files outside of volumes, or copy results there at the end.",
  },
  other: {
    why: "A Golem VM differs from a container here.",
    cure: "docs/docker-differences.md lists what differs.",
  },
};

const BY_RULE = new Map(
  Object.entries(TEXTS).flatMap(([id, { rule }]) =>
    rule === undefined ? [] : [[rule, id as CauseId] as const],
  ),
);

/** Rules that say more exactly what another cause is about. */
const FURTHER_RULES: Readonly<Record<string, CauseId>> = {
  GVM008: "hidden-files",
  GVM012: "hidden-files",
  GVM021: "user",
};

/** @param evidence how it was found, as a sentence */
export function causeOf(id: CauseId, evidence: string): Cause {
  return { id, ...TEXTS[id], evidence };
}

/** The cause that a test's own explanation names. */
export function causeOfExplanation({ rule, text }: Explanation): Cause {
  const id =
    (rule === undefined ? undefined : (BY_RULE.get(rule) ?? FURTHER_RULES[rule])) ?? "other";
  const known = causeOf(id, text);
  return rule === undefined ? known : { ...known, rule };
}

/** What a failed test's words give away, in the order in which they are looked for. */
const WORDS: readonly (readonly [pattern: RegExp, id: CauseId])[] = [
  [/No space left on device/i, "overlay"],
  [
    /bad address|unknown host|could not resolve|name or service not known|temporary failure in name resolution/i,
    "host-names",
  ],
  [/network is unreachable|network unreachable/i, "network"],
];

/** The cause that a failure's message and output name by themselves. */
export function causeOfWords(text: string): Cause | undefined {
  for (const [pattern, id] of WORDS) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return causeOf(id, `The test says "${found}".`);
  }
  return undefined;
}
