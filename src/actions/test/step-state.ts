// What the step tells its post step: names of its state.

export const IS_POST = "is-post";

/** The directory in which all of the step's temporary files are. */
export const TEMPORARY_DIRECTORY = "temporary-directory";
