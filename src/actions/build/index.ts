import { runAction } from "../run-action.ts";

runAction("build", async (context, value) => {
  const { buildStage } = await import("./build-stage.ts");
  return buildStage(context, value);
});
