import type { ActionName } from "../inputs/action-names.ts";

/** What the Marketplace and the log call each action, and what it does. */
export const ACTION_TEXTS: Readonly<
  Record<ActionName | "root", { readonly name: string; readonly description: string }>
> = {
  root: {
    name: "Golem image",
    description: "Lint, build, convert, boot, test and publish an image for the Golem Network",
  },
  lint: {
    name: "Golem image: lint",
    description: "Find what in a Dockerfile or an image will not work on the Golem Network",
  },
  build: {
    name: "Golem image: build",
    description: "Build a Dockerfile for the Golem Network's providers",
  },
  convert: {
    name: "Golem image: convert",
    description: "Convert a container image to a .gvmi, the same bytes every time",
  },
  test: {
    name: "Golem image: test",
    description: "Boot a .gvmi as a provider does and run tests in it",
  },
  publish: {
    name: "Golem image: publish",
    description: "Publish a .gvmi and check that a provider could download it",
  },
  verify: {
    name: "Golem image: verify",
    description: "Download a published image as a provider would",
  },
  summary: {
    name: "Golem image: summary",
    description: "Write what the stages of a job left to its summary and to the pull request",
  },
};
