import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A Dockerfile that needs no registry: busybox with all of its links, two volumes, a working directory. */
export const BUSYBOX_DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
VOLUME /golem/input /golem/output
WORKDIR /golem/work
`;

/** Makes a build context with busybox (package busybox-static) and these files. */
export function makeContext(
  directory: string,
  files: Readonly<Record<string, string>> = { Dockerfile: BUSYBOX_DOCKERFILE },
): string {
  mkdirSync(directory, { recursive: true });
  copyFileSync("/bin/busybox", join(directory, "busybox"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}
