import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import type { VerifiedImage } from "../../publish/verify/verify-image.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import {
  addOutputOptions,
  type CliContext,
  type OutputOptions,
  progressFor,
  writeResult,
} from "../context.ts";
import { formatTable } from "../format.ts";
import { durationValue } from "../option-values.ts";
import { formatSnippets } from "../summaries.ts";

type Options = OutputOptions & { hash?: string; stallTimeout?: number };

export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command("verify")
    .description("download a published image as a provider would, and say what is wrong with it")
    .argument("<image>", "URL, package string (hash:sha3:HASH:URL), hash, or user/repository:tag")
    .option("--hash <hash>", "the SHA3-224 hash that the image must have")
    .addOption(
      new Option("--stall-timeout <duration>", "for how long a transfer may stand still").argParser(
        durationValue,
      ),
    );
  addOutputOptions(command).action(async (text: string, options: Options) => {
    const { parseSubject } = await import("../../publish/verify/parse-subject.ts");
    const { verifyImage } = await import("../../publish/verify/verify-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { describeTransfer, TransferMeter } = await import(
      "../../publish/transfer/transfer-meter.ts"
    );
    const progress = progressFor(context, options);
    const meter = new TransferMeter();
    const hash = options.hash?.toLowerCase();
    if (hash !== undefined && !/^[0-9a-f]{56}$/.test(hash)) {
      throw new UsageError(
        `--hash is ${JSON.stringify(options.hash)}, which is no SHA3-224 hash.`,
        {
          hint: "It has 56 hexadecimal digits.",
        },
      );
    }
    const { result } = await runStage(
      "verify",
      progress,
      () =>
        verifyImage(parseSubject(text), {
          signal: context.signal,
          ...(hash !== undefined && { hash }),
          ...(options.stallTimeout !== undefined && { stallMs: options.stallTimeout }),
          onProgress: (done) => progress.detail(describeTransfer(meter.add(done))),
          onNote: (note) => progress.note(note),
        }),
      ({ url }) => url,
    );
    for (const warning of result.check.warnings) progress.note(warning);
    writeResult(context, options, result, () => format(result));
  });
}

function format(image: VerifiedImage): string {
  const { hash, isExpected, url, tag, size, compression, volumes, check } = image;
  const table = formatTable([
    ["hash", isExpected ? `${hash} (as expected)` : hash],
    ["url", url],
    ["package", image.package],
    ...(tag === undefined ? [] : ([["tag", tag]] as [string, string][])),
    ["size", `${formatBytes(size)} (${size} bytes)`],
    ["compression", compression],
    ["volumes", volumes.join(", ") || "none"],
    ["redirects", String(check.redirects)],
    ["resume", check.resume],
  ]);
  return `${table}\n${formatSnippets(image.snippets)}`;
}
