/** What an image without a program answers, which is left out. */
export const NOT_TRIED = "not tried";

/** A script for an image that may not have the program that it needs. */
export function withTool(tool: string, script: string): string {
  const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return `PATH=\${PATH:-${path}} && export PATH && if command -v ${tool} >/dev/null; then ( ${script} ) 2>/dev/null; else echo "${NOT_TRIED}: the image has no ${tool}"; fi`;
}
