import { runAction } from "../run-action.ts";

runAction("convert", async (context, value) => {
  const { convertStage } = await import("./convert-stage.ts");
  return convertStage(context, value);
});
