import type { Explanation, StepResult } from "../test-result.ts";

/** What programs say that cannot find a host by its name: musl, glibc, busybox, curl, Python, Node, Go. */
const UNKNOWN_HOST =
  /bad address|name or service not known|temporary failure in name resolution|could not resolve|can't resolve|unknown host|name does not resolve|no address associated|^try again$|nodename nor servname|ENOTFOUND|EAI_AGAIN|no such host|cannot resolve|host .{0,80}not found|lookup .{0,80}(fail|refused|unreachable)/im;

/**
 * Why a command that uses another instance's name failed: nothing in a VPN knows names.
 *
 * @param addresses of the instances, by name
 */
export function explainHostNames(
  steps: readonly StepResult[],
  addresses: ReadonlyMap<string, string>,
): Explanation | undefined {
  for (const { command, stdout, stderr } of steps) {
    const isUnknown = UNKNOWN_HOST.test(stderr.text) || UNKNOWN_HOST.test(stdout.text);
    const name = isUnknown && [...addresses.keys()].find((key) => mentions(command, key));
    if (name) {
      return {
        rule: "GVM016",
        text: `Nothing on a Golem VPN knows host names, so ${name} is not found: connect by IP address, which tests write as \${instances.${name}.ip} (here ${addresses.get(name)}).`,
      };
    }
  }
  return undefined;
}

function mentions(command: readonly string[], name: string): boolean {
  const pattern = new RegExp(`(^|[^\\w.-])${name}($|[^\\w.-])`);
  return command.some((word) => pattern.test(word));
}
