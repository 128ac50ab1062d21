import { runAction } from "../run-action.ts";

runAction("summary", async (context, value) => {
  const { summaryStage } = await import("./summary-stage.ts");
  return summaryStage(context, value);
});
