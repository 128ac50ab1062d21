/** Where a switch hands out frames. */
export interface SwitchPort {
  send(frame: Uint8Array): void;
}

const ADDRESS_BYTES = 6;
const HEADER_BYTES = 14;

/** A guest can make up any number of addresses; those beyond are flooded, as in a real switch. */
const MAX_LEARNED_ADDRESSES = 1024;

/**
 * A learning Ethernet switch: a frame goes to the port behind which its destination was seen last, and to all
 * others while that is not known, or when it is for several (broadcast and multicast).
 */
export class EthernetSwitch {
  readonly #ports = new Set<SwitchPort>();
  readonly #portByAddress = new Map<string, SwitchPort>();

  connect(port: SwitchPort): void {
    this.#ports.add(port);
  }

  disconnect(port: SwitchPort): void {
    this.#ports.delete(port);
    for (const [address, known] of this.#portByAddress) {
      if (known === port) this.#portByAddress.delete(address);
    }
  }

  /** Takes a frame that came in at `from`. One too short to have addresses is dropped. */
  receive(frame: Buffer, from: SwitchPort): void {
    if (frame.length < HEADER_BYTES || !this.#ports.has(from)) return;
    const destination = addressAt(frame, 0);
    const source = addressAt(frame, ADDRESS_BYTES);
    if (!isForSeveral(frame, ADDRESS_BYTES)) this.#learn(source, from);
    const known = isForSeveral(frame, 0) ? undefined : this.#portByAddress.get(destination);
    if (known === from) return;
    if (known) {
      known.send(frame);
      return;
    }
    for (const port of this.#ports) {
      if (port !== from) port.send(frame);
    }
  }

  #learn(address: string, port: SwitchPort): void {
    const isNew = !this.#portByAddress.has(address);
    if (isNew && this.#portByAddress.size >= MAX_LEARNED_ADDRESSES) return;
    this.#portByAddress.set(address, port);
  }
}

function addressAt(frame: Buffer, offset: number): string {
  return frame.toString("latin1", offset, offset + ADDRESS_BYTES);
}

/** The lowest bit of an address's first byte makes it that of a group. */
function isForSeveral(frame: Buffer, offset: number): boolean {
  return ((frame[offset] ?? 0) & 1) === 1;
}
