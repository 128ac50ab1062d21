import { runStage } from "../../pipeline/progress.ts";
import { describeTransfer, TransferMeter } from "../../publish/transfer/transfer-meter.ts";
import { parseSubject } from "../../publish/verify/parse-subject.ts";
import { verifyImage } from "../../publish/verify/verify-image.ts";
import { type Stage, setOutputs } from "../action-context.ts";

/** Downloads a published image as a provider would. */
export const verifyStage: Stage = async ({ inputs, log, progress, signal }, value) => {
  const subject = parseSubject(inputs.require("subject", "there is no image to verify."));
  const hash = inputs.get("hash");
  const stallMs = inputs.get("stall-timeout");
  const meter = new TransferMeter();
  const { result } = await runStage(
    "verify",
    progress,
    () =>
      verifyImage(subject, {
        signal,
        ...(hash !== undefined && { hash }),
        ...(stallMs !== undefined && { stallMs }),
        onProgress: (done) => progress.detail(describeTransfer(meter.add(done))),
        onNote: (note) => progress.note(note),
      }),
    ({ url }) => url,
  );
  for (const warning of result.check.warnings) log.annotate("warning", warning);
  setOutputs({
    hash: result.hash,
    url: result.url,
    package: result.package,
    size: result.size,
    snippets: JSON.stringify(result.snippets),
  });
  value.publish = {
    hash: result.hash,
    url: result.url,
    package: result.package,
    size: result.size,
    tags: result.tag === undefined ? [] : [result.tag],
    warnings: [...result.check.warnings],
    snippets: result.snippets.map((snippet) => ({ ...snippet })),
  };
};
