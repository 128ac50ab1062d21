import { InvalidArgumentError } from "commander";
import { GolemImageError } from "../errors.ts";
import type { Transfer } from "../pipeline/exec-in-image.ts";
import { parseImageTag } from "../publish/registry/image-tag.ts";
import { DURATION_FORM, MEMORY_FORM, parseDuration, parseMemory } from "../settings/quantities.ts";
import { PROFILES, type Profile } from "../vm/profiles.ts";

// Each of these reads the text after an option; commander adds which option it was.

export function memoryValue(text: string): number {
  return parseMemory(text) ?? invalid(`Expected ${MEMORY_FORM}.`);
}

/** An amount of memory up to a number of MiB. */
export function memoryUpTo(mebibytes: number): (text: string) => number {
  return (text) => {
    const amount = memoryValue(text);
    return amount <= mebibytes ? amount : invalid(`Expected at most ${mebibytes} MiB.`);
  };
}

export function durationValue(text: string): number {
  return parseDuration(text) ?? invalid(`Expected ${DURATION_FORM}.`);
}

/** A whole number in a range. */
export function wholeNumberValue(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    return invalid(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Adapts a parser of the core, whose error says what was expected. */
export function parsedBy<T>(
  parse: (text: string, previous?: T) => T,
): (text: string, previous?: T) => T {
  return (text, previous) => {
    try {
      return parse(text, previous);
    } catch (error) {
      if (!(error instanceof GolemImageError)) throw error;
      return invalid([error.message, error.hint].filter(Boolean).join(" "));
    }
  };
}

/** `KEY=value`, or `KEY` for the value that this process's environment has, as docker's --build-arg. */
export function buildArgumentValue(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, key, , value] = /^([A-Za-z_]\w*)(=([\s\S]*))?$/.exec(text) ?? [];
  if (key === undefined) return invalid("Expected KEY=value.");
  return { ...previous, [key]: value ?? process.env[key] ?? "" };
}

/** `FROM:TO`, of which the guest's side is an absolute path; the host's side may contain colons. */
export function putValue(text: string, previous: readonly Transfer[] = []): Transfer[] {
  const separator = text.lastIndexOf(":/");
  if (separator < 1) return invalid("Expected HOST:GUEST, such as data.txt:/golem/input/data.txt.");
  return [...previous, { from: text.slice(0, separator), to: text.slice(separator + 1) }];
}

export function getValue(text: string, previous: readonly Transfer[] = []): Transfer[] {
  const separator = text.indexOf(":");
  if (!text.startsWith("/") || separator < 1 || separator === text.length - 1) {
    return invalid("Expected GUEST:HOST, such as /golem/output/result.txt:result.txt.");
  }
  return [...previous, { from: text.slice(0, separator), to: text.slice(separator + 1) }];
}

export function ruleValue(text: string, previous: readonly string[] = []): string[] {
  if (!/^GVM\d{3}$/.test(text)) return invalid("Expected the id of a rule, such as GVM003.");
  return [...previous, text];
}

/** Names in a registry, collected. */
export function tagValue(text: string, previous: readonly string[] = []): string[] {
  return [...previous, parsedBy((name) => parseImageTag(name).text)(text)];
}

/** One profile, or several with commas between them; each once, however often it is named. */
export function profileValue(text: string, previous: readonly Profile[] = []): Profile[] {
  const named = text.split(",").map((name) => {
    const profile = PROFILES.find((known) => known === name.trim());
    return profile ?? invalid(`Expected ${PROFILES.join(", ")}, or several of them.`);
  });
  return [...new Set([...previous, ...named])];
}

function invalid(expectation: string): never {
  throw new InvalidArgumentError(expectation);
}
