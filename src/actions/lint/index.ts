import { runAction } from "../run-action.ts";

runAction("lint", async (context, value) => {
  const { lintStage } = await import("./lint-stage.ts");
  return lintStage(context, value);
});
