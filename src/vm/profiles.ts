/**
 * The generations of the provider's runtime that the boot test reproduces, and the strictest mix of them
 * that the Golem documentation describes. What each does to a guest is implemented by the guest agent
 * (guest/README.md).
 */
export const PROFILES = ["documented", "v0.3", "v0.4", "v0.5"] as const;

export type Profile = (typeof PROFILES)[number];
