import { runAction } from "../run-action.ts";

runAction("verify", async (context, value) => {
  const { verifyStage } = await import("./verify-stage.ts");
  return verifyStage(context, value);
});
