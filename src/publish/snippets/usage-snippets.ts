import { type ImageReference, type PublishedImage, referenceTo } from "./image-reference.ts";

/** Code that uses an image, ready to be pasted. */
export interface UsageSnippet {
  /** The library or tool that it is for. */
  readonly consumer: "golem-js" | "yapapi" | "dapp-runner" | "ray-on-golem";
  readonly language: "javascript" | "python" | "yaml";
  /** With a line break at the end of each line. */
  readonly code: string;
}

/**
 * Code for each consumer that can use an image from where it is. ray-on-golem knows images of the public
 * registry alone, and a local file is served to providers by golem-js alone.
 */
export function usageSnippets(image: PublishedImage): readonly UsageSnippet[] {
  const reference = referenceTo(image);
  const javascript = {
    consumer: "golem-js",
    language: "javascript",
    code: golemJs(reference),
  } as const;
  if (image.url.startsWith("file:")) return [javascript];
  return [
    javascript,
    { consumer: "yapapi", language: "python", code: yapapi(reference) },
    { consumer: "dapp-runner", language: "yaml", code: dappRunner(reference) },
    ...(reference.kind === "url"
      ? []
      : ([{ consumer: "ray-on-golem", language: "yaml", code: rayOnGolem(reference) }] as const)),
  ];
}

/** Strings of JSON are strings of JavaScript, Python and YAML, too. */
const quote = (text: string): string => JSON.stringify(text);

/** @see https://github.com/golemfactory/golem-js */
function golemJs(reference: ImageReference): string {
  const workload =
    reference.kind === "tag"
      ? [`imageTag: ${quote(reference.tag)}`]
      : [
          `imageHash: ${quote(reference.hash)}`,
          ...(reference.kind === "url" ? [`imageUrl: ${quote(reference.url)}`] : []),
        ];
  return lines(
    "const order = {",
    "  demand: {",
    "    workload: {",
    ...workload.map((property) => `      ${property},`),
    "    },",
    "  },",
    '  market: { rentHours: 1, pricing: { model: "burn-rate", avgGlmPerHour: 1 } },',
    "};",
  );
}

/** @see https://yapapi.readthedocs.io/ */
function yapapi(reference: ImageReference): string {
  const parameters =
    reference.kind === "tag"
      ? [`image_tag=${quote(reference.tag)}`]
      : [
          `image_hash=${quote(reference.hash)}`,
          ...(reference.kind === "url" ? [`image_url=${quote(reference.url)}`] : []),
        ];
  return lines(
    "from yapapi.payload import vm",
    "",
    "",
    "async def get_payload():",
    "    return await vm.repo(",
    ...parameters.map((parameter) => `        ${parameter},`),
    "    )",
  );
}

/** It takes no tags. @see https://github.com/golemfactory/dapp-runner */
function dappRunner(reference: ImageReference): string {
  return lines(
    "payloads:",
    "  my-payload:",
    '    runtime: "vm"',
    "    params:",
    `      image_hash: ${quote(reference.hash)}`,
    ...(reference.kind === "url" ? [`      image_url: ${quote(reference.url)}`] : []),
    "nodes:",
    "  my-node:",
    '    payload: "my-payload"',
  );
}

/** @see https://github.com/golemfactory/ray-on-golem */
function rayOnGolem(reference: Exclude<ImageReference, { kind: "url" }>): string {
  return lines(
    "provider:",
    "  parameters:",
    "    node_config:",
    "      demand:",
    reference.kind === "tag"
      ? `        image_tag: ${quote(reference.tag)}`
      : `        image_hash: ${quote(reference.hash)}`,
  );
}

const lines = (...texts: string[]): string => `${texts.join("\n")}\n`;
