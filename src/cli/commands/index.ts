import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addBuildCommand } from "./build.ts";
import { addConvertCommand } from "./convert.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addExecCommand } from "./exec.ts";
import { addExplainCommand } from "./explain.ts";
import { addInitScriptCommand } from "./init-script.ts";
import { addInspectCommand } from "./inspect.ts";
import { addLintCommand } from "./lint.ts";
import { addParityCommand } from "./parity.ts";
import { addPrepareCommand } from "./prepare.ts";
import { addPublishCommand } from "./publish.ts";
import { addRunCommand } from "./run.ts";
import { addServeCommand } from "./serve.ts";
import { addShellCommand } from "./shell.ts";
import { addSizeCommand } from "./size.ts";
import { addTestCommand } from "./test.ts";
import { addVerifyCommand } from "./verify.ts";

/** Adds every command, in the order in which help lists them. */
export function addCommands(program: Command, context: CliContext): void {
  addRunCommand(program, context);
  addLintCommand(program, context);
  addExplainCommand(program, context);
  addInitScriptCommand(program, context);
  addBuildCommand(program, context);
  addConvertCommand(program, context);
  addTestCommand(program, context);
  addParityCommand(program, context);
  addSizeCommand(program, context);
  addPublishCommand(program, context);
  addVerifyCommand(program, context);
  addServeCommand(program, context);
  addInspectCommand(program, context);
  addExecCommand(program, context);
  addShellCommand(program, context);
  addPrepareCommand(program, context);
  addDoctorCommand(program, context);
}
