import { randomBytes } from "node:crypto";

/** A name that no other build uses, for an image that is removed as soon as it is saved. */
export const temporaryTag = (): string =>
  `localhost/golem-image-build:${randomBytes(8).toString("hex")}`;
