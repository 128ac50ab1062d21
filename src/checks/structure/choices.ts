/** Where file tests look: `run` is the running VM. */
export const LOOK_PLACES = ["run", "rest"] as const;

/** `golem`: what holds on Golem. `strict`: the original's verdicts, where that is possible. */
export const COMPATIBILITIES = ["golem", "strict"] as const;

export type LookPlace = (typeof LOOK_PLACES)[number];
export type Compatibility = (typeof COMPATIBILITIES)[number];
