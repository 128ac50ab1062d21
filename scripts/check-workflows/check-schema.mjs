import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { LineCounter, parseDocument } from "yaml";

const ajv = new Ajv({ allErrors: true, logger: false });
const validators = Object.fromEntries(
  ["workflow", "action"].map((kind) => {
    const file = new URL(`schemas/${kind}.json`, import.meta.url);
    return [kind, ajv.compile(JSON.parse(readFileSync(file, "utf8")))];
  }),
);

/** What is wrong with a workflow or an action, one line each. */
export function checkSchema({ label, kind, text }) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2" });
  const faults = [...document.errors, ...document.warnings].map(
    ({ message }) => `${label}: ${message.split("\n")[0]}`,
  );
  const validate = validators[kind];
  if (faults.length > 0 || validate(document.toJS())) return faults;
  return validate.errors.map(({ dataPath, message }) => `${label}: ${dataPath || "/"} ${message}`);
}
