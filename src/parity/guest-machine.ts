import type { VirtualMachine } from "../vm/virtual-machine.ts";

/** What tests ask of a machine: a VM, one that is changed to try a cure, or a container. */
export type GuestMachine = Pick<
  VirtualMachine,
  "run" | "look" | "volumes" | "signal" | "isUsable" | "isOurs" | "profile"
>;

/** For a `TestContext`, whose tests use nothing but this. */
export function asMachine(guest: GuestMachine): VirtualMachine {
  return guest as VirtualMachine;
}

/** A machine that differs from another in how it runs commands. */
export function withRun(machine: GuestMachine, run: GuestMachine["run"]): GuestMachine {
  return {
    run,
    look: (what) => machine.look(what),
    volumes: machine.volumes,
    signal: machine.signal,
    isUsable: () => machine.isUsable(),
    isOurs: machine.isOurs,
    profile: machine.profile,
  };
}
