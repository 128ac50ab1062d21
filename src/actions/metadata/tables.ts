import type { ActionName } from "../inputs/action-names.ts";
import { ACTION_NAMES } from "../inputs/action-names.ts";
import { inputsOf, outputsOf } from "./action-inputs.ts";

/** The tables of docs/actions.md by the names of their marks. */
export function actionTables(): Map<string, string> {
  const tables = new Map<string, string>();
  for (const action of ["root", ...ACTION_NAMES] as const) {
    tables.set(`${action}-inputs`, inputTable(action));
    if (outputsOf(action).length > 0) tables.set(`${action}-outputs`, outputTable(action));
  }
  return tables;
}

/**
 * A text with the tables between their marks, `<!-- NAME -->` and `<!-- /NAME -->`, in place of what was there.
 *
 * @throws {Error} when a mark is missing
 */
export function placeTables(document: string, tables = actionTables()): string {
  let text = document;
  for (const [name, table] of tables) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`The marks of ${name} are missing.`);
    text = `${text.slice(0, from + start.length)}\n${table}${text.slice(to)}`;
  }
  return text;
}

function inputTable(action: ActionName | "root"): string {
  const rows = inputsOf(action).map(([name, { kind, fallback, isRequired, description }]) => {
    const value = fallback === undefined ? "" : `\`${fallback}\``;
    return `| \`${name}\` | ${kind} | ${isRequired ? "required" : value} | ${cell(description)} |`;
  });
  return `${["| input | kind | default | |", "| --- | --- | --- | --- |", ...rows].join("\n")}\n`;
}

function outputTable(action: ActionName | "root"): string {
  const rows = outputsOf(action).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return `${["| output | |", "| --- | --- |", ...rows].join("\n")}\n`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
