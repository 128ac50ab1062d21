/**
 * The numbers of the wire protocol between host and guest agent (guest/README.md has its tables).
 * All integers are little-endian; BYTES is a u64 length and that many bytes.
 */

export const RequestType = {
  quit: 1,
  runProcess: 2,
  killProcess: 3,
  mountVolume: 4,
  queryOutput: 6,
  netCtl: 9,
  netHost: 10,
  /** Only our own agent knows these; any other guest dies of them. */
  guestStatistics: 64,
  reset: 65,
  look: 66,
} as const;

export const RunProcessPart = {
  bin: 1,
  argv: 2,
  env: 3,
  uid: 4,
  gid: 5,
  redirect: 6,
  cwd: 7,
} as const;
export const KillProcessPart = { id: 1 } as const;
export const MountVolumePart = { tag: 1, path: 2 } as const;
export const QueryOutputPart = { id: 1, fd: 2, offset: 3, length: 4 } as const;
export const NetCtlPart = {
  flags: 1,
  network: 2,
  mask: 3,
  gateway: 4,
  address: 5,
  interface: 6,
} as const;
export const NetHostPart = { entry: 1 } as const;

export const LookPart = { path: 1, follow: 2, offset: 3, length: 4 } as const;

/** Ends the parts of a request. */
export const END_OF_REQUEST = 0;

/** How a command's stream is redirected; both kinds of pipe keep all output, providers use the cyclic one. */
export const Redirect = { file: 0, blockingPipe: 1, cyclicPipe: 2 } as const;

/** The size of a pipe is a positive multiple of this many bytes. */
export const PIPE_SIZE_UNIT = 4096;

export const AnswerType = {
  ok: 0,
  number: 1,
  bytes: 2,
  error: 3,
  outputAvailable: 4,
  processDied: 5,
} as const;

/** How a process died. */
export const Death = { exited: 0, killed: 1, dumpedCore: 2 } as const;

export const STDOUT = 1;
export const STDERR = 2;

/** The message id of notifications, which answer no request. */
export const NOTIFICATION_ID = 0n;
