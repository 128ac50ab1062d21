/**
 * The images that a build by Docker's classic builder made, newest first, from what it printed. Each step
 * makes one, and a build that fails or is aborted leaves them all without a name.
 *
 * A base image, which a FROM step prints, and images from the cache were there before: they are left out.
 */
export function createdImages(output: readonly string[]): string[] {
  const created: string[] = [];
  let isFrom = false;
  let isCached = false;
  for (const line of output) {
    const step = /^Step \d+\/\d+ : (\S+)/.exec(line);
    if (step) {
      isFrom = step[1]?.toUpperCase() === "FROM";
      isCached = false;
    } else if (line.trim() === "---> Using cache") {
      isCached = true;
    } else {
      const image = /^ ---> ([0-9a-f]{12,64})$/.exec(line)?.[1];
      if (image && !isFrom && !isCached) created.unshift(image);
    }
  }
  return created;
}

/** The container of the step that had not ended when the output did: the engine removes it a moment later. */
export function unfinishedContainer(output: readonly string[]): string | undefined {
  const last = output.findLast((line) =>
    /^ ---> Running in [0-9a-f]{12,64}$|^Removing intermediate container /.test(line),
  );
  return last && /^ ---> Running in (\S+)$/.exec(last)?.[1];
}
