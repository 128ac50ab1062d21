import { getState, saveState } from "@actions/core";
import { runAction } from "../run-action.ts";
import { IS_POST } from "./step-state.ts";

if (getState(IS_POST) === "true") {
  import("./clean-up.ts").then(({ cleanUp }) => cleanUp());
} else {
  saveState(IS_POST, "true");
  runAction("test", async (context, value) => {
    const { testStage } = await import("./test-stage.ts");
    return testStage(context, value);
  });
}
