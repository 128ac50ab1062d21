import type { Verdict } from "../checks/test-result.ts";
import type { ProfileResult, TestImageResult } from "./profile-result.ts";

/** `3 of 3 tests passed on documented under TCG`, or on which of several profiles the image works. */
export function describeTests({ profiles }: TestImageResult): string {
  const [first] = profiles;
  if (first && profiles.length === 1) return describeProfile(first);
  const names = (isOk: boolean) =>
    profiles
      .filter(({ ok }) => ok === isOk)
      .map(({ profile }) => profile)
      .join(", ");
  return names(false) === ""
    ? `the image works on ${names(true)}`
    : `the image works on ${names(true) || "none"}, not on ${names(false)}`;
}

function describeProfile({ tests, profile, accelerator }: ProfileResult): string {
  const place = `on ${profile} under ${accelerator.toUpperCase()}`;
  if (tests.length === 0) return `booted ${place}; no tests, and no shell to try`;
  const count = (wanted: Verdict) => tests.filter(({ verdict }) => verdict === wanted).length;
  const notes = [
    ...(count("flaky") > 0 ? [`${count("flaky")} flaky`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} not run`] : []),
  ];
  const passed = count("passed") + count("flaky");
  const note = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  return `${passed} of ${tests.length} tests passed${note} ${place}`;
}
