import picocolors from "picocolors";

export type Styles = ReturnType<typeof picocolors.createColors>;

/** Colours for a stream: on a terminal that wants them, unless NO_COLOR is set (https://no-color.org). */
export function stylesFor(stream: { isTTY?: boolean }): Styles {
  return picocolors.createColors(stream.isTTY === true && picocolors.isColorSupported);
}
