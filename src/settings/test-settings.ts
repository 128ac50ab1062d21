import type { NetworkRequest } from "../vm/network/request.ts";
import type { Profile } from "../vm/profiles.ts";

/** Checks that are known by their names. */
export const BUILT_IN_CHECKS = [
  "boots",
  "volumes-writable",
  "fits-overlay",
  "non-root-can-read-root",
  "entrypoint-as-init",
] as const;

export type BuiltInCheck = (typeof BUILT_IN_CHECKS)[number];

/** How tests are kept apart: a boot each, a reset in between where that is exact, or not at all. */
export const ISOLATIONS = ["reset", "boot", "shared"] as const;

export type IsolationChoice = (typeof ISOLATIONS)[number];

/** Text is run by `/bin/sh -c`; a list is an argv whose first element is an absolute path. */
export type CommandSettings = string | readonly string[];

/** A test as `golem-image.yml` has it: exactly one of `run`, `steps`, `script` and `check`. */
export interface TestSettings {
  readonly name: string;
  readonly run?: CommandSettings | undefined;
  readonly steps?: readonly StepSettings[] | undefined;
  /** The path of an exe-script on this machine. */
  readonly script?: string | undefined;
  readonly check?: BuiltInCheck | undefined;
  /** Copied into the VM's volumes before the command. */
  readonly put: readonly PutSettings[];
  readonly expect: ExpectSettings;
  /** Copied out of the VM's volumes after the command. */
  readonly get: readonly GetSettings[];
  /** Milliseconds; `vm.timeouts.command` when absent. */
  readonly timeout?: number | undefined;
  readonly isolation?: IsolationChoice | undefined;
  /** MiB. */
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  readonly profile?: Profile | undefined;
  readonly network?: NetworkRequest | undefined;
  /** VMs on one VPN, by name; the steps say which one they run in. */
  readonly instances?: Readonly<Record<string, InstanceSettings>> | undefined;
}

export interface InstanceSettings {
  /** The path of a .gvmi; the image under test when absent. */
  readonly image?: string | undefined;
  /** MiB. */
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  /** Of the VPN; the next free one when absent. */
  readonly ip?: string | undefined;
}

/** Exactly one of `run`, `background`, `put` and `get`. */
export interface StepSettings {
  readonly name?: string | undefined;
  /** The instance; the first one when absent. */
  readonly on?: string | undefined;
  readonly run?: CommandSettings | undefined;
  /** A command that is left running until the test ends. */
  readonly background?: CommandSettings | undefined;
  /** What is waited for after `background`. */
  readonly until?: ReadySettings | undefined;
  readonly put?: PutSettings | undefined;
  readonly get?: GetSettings | undefined;
  readonly expect?: ExpectSettings | undefined;
  /** Milliseconds: for a command to end, for a service to be ready. */
  readonly timeout?: number | undefined;
}

/** When a service is ready: exactly one. */
export interface ReadySettings {
  /** A regular expression (RE2) that is found in what it prints. */
  readonly log?: string | undefined;
  /** A TCP port that is listened on. */
  readonly port?: number | undefined;
  /** An absolute path in the VM that exists. */
  readonly file?: string | undefined;
}

export interface PutSettings {
  /** A file on this machine. */
  readonly from: string;
  /** An absolute path in the VM. */
  readonly to: string;
}

export interface GetSettings {
  /** An absolute path in the VM. */
  readonly from: string;
  /** A file on this machine. */
  readonly to: string;
}

export interface ExpectSettings {
  readonly exitCode: number;
  /** Regular expressions (RE2), each of which must be found in the untrimmed output. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly files: readonly ExpectedFileSettings[];
  readonly json?: readonly ExpectedJsonSettings[] | undefined;
}

export interface ExpectedFileSettings {
  /** An absolute path in the VM. */
  readonly path: string;
  readonly exists: boolean;
  /** Regular expressions (RE2), each of which must be found in the file. */
  readonly contents: readonly string[];
}

/** A field of a JSON document; that it is there when neither of the last two is given. */
export interface ExpectedJsonSettings {
  /** The path of a file in a volume; the standard output when absent. */
  readonly file?: string | undefined;
  /** Where in it, as a JSON Pointer (RFC 6901); empty for the whole. */
  readonly at: string;
  readonly equals?: unknown;
  /** A regular expression (RE2) for text, or for another value as JSON. */
  readonly matches?: string | undefined;
}
