import * as v from "valibot";
import {
  duration,
  guestPath,
  hostPath,
  map,
  patterns,
  text,
  wholeNumber,
} from "./schema-values.ts";

const expectSchema = map({
  exitCode: v.pipe(
    v.optional(wholeNumber(0, 255), 0),
    v.description("The exit code that the command must end with."),
  ),
  stdout: v.pipe(
    v.optional(patterns, []),
    v.description("Regular expressions (RE2) that must all be found in the standard output."),
  ),
  stderr: v.pipe(
    v.optional(patterns, []),
    v.description("Regular expressions (RE2) that must all be found in the standard error."),
  ),
  files: v.pipe(
    v.optional(
      v.array(
        map({
          path: v.pipe(guestPath, v.description("The file's absolute path in the VM.")),
          exists: v.pipe(
            v.optional(v.boolean("expected true or false"), true),
            v.description("Whether the file must be there, or must not."),
          ),
          contents: v.pipe(
            v.optional(patterns, []),
            v.description("Regular expressions (RE2) that must all be found in the file."),
          ),
        }),
        "expected a list of files",
      ),
      [],
    ),
    v.description("Files to look at in the VM after the command."),
  ),
});

const transfers = (expectedFrom: typeof hostPath | typeof guestPath, to: typeof expectedFrom) =>
  v.optional(
    v.array(
      map({
        from: v.pipe(expectedFrom, v.description("The file to copy.")),
        to: v.pipe(to, v.description("The path of the copy.")),
      }),
      "expected a list of {from, to}",
    ),
    [],
  );

const COMMAND_FORM =
  'shell text, or a list whose first element is an absolute path, such as ["/bin/ls", "-l"]';

export const testSchema = map({
  name: v.pipe(text("a name"), v.description("What the test is called in reports; unique.")),
  run: v.pipe(
    v.union([text(COMMAND_FORM), v.array(v.string())], `expected ${COMMAND_FORM}`),
    v.check(
      (run) => typeof run === "string" || (run[0]?.startsWith("/") ?? false),
      `expected ${COMMAND_FORM}: a Golem VM does not search PATH`,
    ),
    v.check((run) => ![run].flat().some((part) => part.includes("\0")), "has a NUL character"),
    v.description("The command: text for /bin/sh -c, or a list with an absolute path."),
  ),
  put: v.pipe(
    transfers(hostPath, guestPath),
    v.description("Files to copy into the VM's volumes before the command."),
  ),
  expect: v.pipe(
    v.optional(expectSchema, {}),
    v.description("What must hold after the command; by default that it exits with 0."),
  ),
  get: v.pipe(
    transfers(guestPath, hostPath),
    v.description("Files to copy out of the VM's volumes after the command."),
  ),
  timeout: v.pipe(
    v.optional(duration),
    v.description("How long the command may run; vm.timeouts.command by default."),
  ),
});
