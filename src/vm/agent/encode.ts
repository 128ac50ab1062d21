import { VmError } from "../../errors.ts";
import type { LookRequest } from "./look.ts";
import {
  END_OF_REQUEST,
  KillProcessPart,
  LookPart,
  MountVolumePart,
  NetCtlPart,
  NetHostPart,
  PIPE_SIZE_UNIT,
  QueryOutputPart,
  Redirect,
  RequestType,
  RunProcessPart,
  STDERR,
  STDOUT,
} from "./protocol.ts";

/** A command for the guest. */
export interface CommandToRun {
  /** Given to execve(2) as it is: an absolute path, as nothing searches PATH. */
  readonly bin: string;
  /** All arguments with argv[0]; at least one. */
  readonly argv: readonly string[];
  /** `NAME=value` each. Only some generations of the runtime pass it on. */
  readonly env?: readonly string[];
  /** Default `/`. */
  readonly cwd?: string;
  /** Default 0. */
  readonly uid?: number;
  /** Default 0. */
  readonly gid?: number;
}

export type NetworkInterface = "vpn" | "internet";

/** IPv4 addresses as text. */
export interface NetworkSettings {
  /** `vpn` is eth0, `internet` is eth1. */
  readonly interface: NetworkInterface;
  /** The interface's own address. */
  readonly address?: string;
  readonly mask?: string;
  /** The network that is reached through `gateway`; everything when absent. */
  readonly network?: string;
  readonly gateway?: string;
}

export interface HostEntry {
  readonly address: string;
  readonly name: string;
}

/** A message without its id, which the connection chooses. */
export type RequestBody = readonly Buffer[];

export function encodeRequest(id: bigint, body: RequestBody): Buffer {
  return Buffer.concat([u64(id), ...body, u8(END_OF_REQUEST)]);
}

export function encodeQuit(): RequestBody {
  return [u8(RequestType.quit)];
}

/** @param pipeSize bytes of each output pipe in the guest, a positive multiple of 4096 */
export function encodeRunProcess(command: CommandToRun, pipeSize: number): RequestBody {
  if (command.argv.length === 0) {
    throw new VmError(`Cannot run ${command.bin} in the VM: argv needs at least argv[0].`);
  }
  if (!Number.isSafeInteger(pipeSize) || pipeSize <= 0 || pipeSize % PIPE_SIZE_UNIT !== 0) {
    throw new VmError(`Invalid pipe size: ${pipeSize}. Must be a positive multiple of 4096.`);
  }
  const { bin, argv, env, cwd, uid, gid } = command;
  return [
    u8(RequestType.runProcess),
    ...part(RunProcessPart.bin, bytes(bin)),
    ...part(RunProcessPart.argv, array(argv)),
    // An empty one, too: without this part the official agent hands on the environment of PID 1.
    ...part(RunProcessPart.env, array(env ?? [])),
    ...(uid === undefined ? [] : part(RunProcessPart.uid, u32(uid))),
    ...(gid === undefined ? [] : part(RunProcessPart.gid, u32(gid))),
    ...part(RunProcessPart.redirect, u32(STDOUT), u8(Redirect.cyclicPipe), u64(BigInt(pipeSize))),
    ...part(RunProcessPart.redirect, u32(STDERR), u8(Redirect.cyclicPipe), u64(BigInt(pipeSize))),
    ...(cwd === undefined ? [] : part(RunProcessPart.cwd, bytes(cwd))),
  ];
}

export function encodeKillProcess(process: bigint): RequestBody {
  return [u8(RequestType.killProcess), ...part(KillProcessPart.id, u64(process))];
}

export function encodeMountVolume(tag: string, path: string): RequestBody {
  return [
    u8(RequestType.mountVolume),
    ...part(MountVolumePart.tag, bytes(tag)),
    ...part(MountVolumePart.path, bytes(path)),
  ];
}

/** Asks for at most `length` bytes (not 0) of a pipe; what is answered is consumed. */
export function encodeQueryOutput(process: bigint, fd: number, length: number): RequestBody {
  return [
    u8(RequestType.queryOutput),
    ...part(QueryOutputPart.id, u64(process)),
    ...part(QueryOutputPart.fd, u8(fd)),
    ...part(QueryOutputPart.offset, u64(0n)),
    ...part(QueryOutputPart.length, u64(BigInt(length))),
  ];
}

export function encodeNetCtl(settings: NetworkSettings): RequestBody {
  return [
    u8(RequestType.netCtl),
    ...part(NetCtlPart.flags, u16(0)),
    ...optionalText(NetCtlPart.network, settings.network),
    ...optionalText(NetCtlPart.mask, settings.mask),
    ...optionalText(NetCtlPart.gateway, settings.gateway),
    ...optionalText(NetCtlPart.address, settings.address),
    ...part(NetCtlPart.interface, u16(settings.interface === "vpn" ? 0 : 1)),
  ];
}

export function encodeNetHost(entries: readonly HostEntry[]): RequestBody {
  return [
    u8(RequestType.netHost),
    ...entries.flatMap(({ address, name }) => part(NetHostPart.entry, bytes(address), bytes(name))),
  ];
}

export function encodeReset(): RequestBody {
  return [u8(RequestType.reset)];
}

export function encodeLook({ path, follow, offset, length }: LookRequest): RequestBody {
  return [
    u8(RequestType.look),
    ...part(LookPart.path, bytes(path)),
    ...part(LookPart.follow, u8(follow ? 1 : 0)),
    ...part(LookPart.offset, u64(BigInt(offset))),
    ...part(LookPart.length, u64(BigInt(length))),
  ];
}

export function encodeGuestStatistics(): RequestBody {
  return [u8(RequestType.guestStatistics)];
}

function part(kind: number, ...body: Buffer[]): Buffer[] {
  return [u8(kind), ...body];
}

function optionalText(kind: number, text: string | undefined): Buffer[] {
  return text === undefined ? [] : part(kind, bytes(text));
}

function bytes(text: string): Buffer {
  if (text.includes("\0")) {
    throw new VmError(`Cannot send ${JSON.stringify(text)} to the VM: it contains a NUL byte.`);
  }
  const content = Buffer.from(text, "utf8");
  return Buffer.concat([u64(BigInt(content.length)), content]);
}

function array(items: readonly string[]): Buffer {
  return Buffer.concat([u64(BigInt(items.length)), ...items.map(bytes)]);
}

function u8(value: number): Buffer {
  return Buffer.of(value);
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}
