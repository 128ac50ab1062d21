import { UsageError } from "../../errors.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { displayText } from "../../system/display-text.ts";
import type { ActionName } from "./action-names.ts";
import { type Input, reasonOf } from "./input.ts";
import { INPUTS, type InputName, type InputValue } from "./inputs.ts";

/** The inputs of a run of an action, as the runner hands them over. */
export class Inputs {
  /**
   * @param action whose inputs they are
   * @param environment has `INPUT_<NAME>`; dashes stay dashes, spaces would be underscores
   */
  constructor(
    readonly action: ActionName,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {}

  /**
   * The value of an input; undefined when it is empty, which leaves the settings as they are.
   *
   * @throws {UsageError} for a text that is not of the input's form
   */
  get<N extends InputName>(name: N): InputValue<N> | undefined {
    const definition: Input<unknown> = INPUTS[name];
    const text = this.textOf(name);
    if (text === "") return undefined;
    let reason: string | undefined;
    try {
      const value = definition.read(text);
      if (value !== undefined) return value as InputValue<N>;
    } catch (error) {
      reason = reasonOf(error);
      if (reason === undefined) throw error;
    }
    throw new UsageError(this.describeFault(name, text, reason), {
      hint: `Correct the input ${name} of this step. docs/actions.md describes every input.`,
    });
  }

  /** The same, of one that has to be there. @throws {UsageError} */
  require<N extends InputName>(name: N, whatIsMissing: string): InputValue<N> {
    const value = this.get(name);
    if (value !== undefined) return value;
    throw new UsageError(`The input ${name} is not set: ${whatIsMissing}`, {
      hint: `Set the input ${name} of this step. docs/actions.md describes every input.`,
    });
  }

  /** Every input that overrides a setting. @throws {UsageError} */
  overrides(): SettingOverrides {
    const overrides: Record<string, unknown> = {};
    for (const name of this.names()) {
      const { setting }: Input<unknown> = INPUTS[name];
      const value = setting === undefined ? undefined : this.get(name);
      if (setting !== undefined && value !== undefined) overrides[setting] = value;
    }
    return overrides as SettingOverrides;
  }

  /** The variables that inputs stand for. */
  variables(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.names().flatMap((name) => {
        const { variable }: Input<unknown> = INPUTS[name];
        const text = this.textOf(name);
        return variable === undefined || text === "" ? [] : [[variable, text]];
      }),
    );
  }

  /** What the log must not show: the inputs that are secrets, and each line and value of those that have several. */
  secrets(): readonly string[] {
    const texts = this.names().flatMap((name) => {
      const { kind }: Input<unknown> = INPUTS[name];
      if (kind !== "secret" && kind !== "secret list") return [];
      const lines = this.textOf(name).split(/\r?\n/);
      const values = lines.map((line) => line.slice(line.indexOf("=") + 1));
      return kind === "secret" ? [this.textOf(name), ...lines] : values;
    });
    return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))];
  }

  private names(): InputName[] {
    return (Object.keys(INPUTS) as InputName[]).filter((name) =>
      (INPUTS[name].actions as readonly ActionName[]).includes(this.action),
    );
  }

  private textOf(name: InputName): string {
    return (this.environment[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
  }

  private describeFault(name: InputName, text: string, reason: string | undefined): string {
    const { kind, expected }: Input<unknown> = INPUTS[name];
    const isSecret = kind === "secret" || kind === "secret list";
    const found = isSecret ? "not of its form" : JSON.stringify(displayText(text));
    const why = reason === undefined ? "" : ` ${reason}`;
    return `The input ${name} is ${found}, expected ${expected}.${why}`;
  }
}
