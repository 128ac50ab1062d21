import { runAction } from "../run-action.ts";

runAction("publish", async (context, value) => {
  const { publishStage } = await import("./publish-stage.ts");
  return publishStage(context, value);
});
