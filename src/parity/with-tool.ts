import { DEFAULT_PATH } from "../checks/resolve-program.ts";

/** What an image without a program answers, which is left out. */
export const NOT_TRIED = "not tried";

/** A script for an image that may not have the program that it needs. */
export function withTool(tool: string, script: string): string {
  return `PATH=\${PATH:-${DEFAULT_PATH}} && export PATH && if command -v ${tool} >/dev/null; then ( ${script} ) 2>/dev/null; else echo "${NOT_TRIED}: the image has no ${tool}"; fi`;
}
