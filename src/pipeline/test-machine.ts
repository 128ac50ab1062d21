import { type BootableImage, type BootOptions, withVirtualMachine } from "../vm/boot.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";

/** A running VM that is kept over several tests. */
export class TestMachine {
  readonly machine: VirtualMachine;
  readonly #finish: (outcome: { readonly error: unknown } | undefined) => void;
  readonly #ended: Promise<void>;
  #isOver = false;

  private constructor(
    machine: VirtualMachine,
    finish: (outcome: { readonly error: unknown } | undefined) => void,
    ended: Promise<void>,
  ) {
    this.machine = machine;
    this.#finish = finish;
    this.#ended = ended;
  }

  /** @throws as `withVirtualMachine` does */
  static boot(image: BootableImage, options: BootOptions): Promise<TestMachine> {
    return new Promise((resolve, reject) => {
      const ended = withVirtualMachine(image, options, async (machine) => {
        const outcome = await new Promise<{ readonly error: unknown } | undefined>((finish) => {
          resolve(new TestMachine(machine, finish, ended));
        });
        if (outcome) throw outcome.error;
      });
      ended.catch(reject);
    });
  }

  /** Powers the VM off. One that is over already stays so. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#finish(undefined);
    await this.#ended;
  }

  /**
   * Ends the VM because of an error.
   *
   * @returns the error that explains it, with what the VM's console says
   */
  async fail(error: unknown): Promise<unknown> {
    this.#isOver = true;
    this.#finish({ error });
    return this.#ended.then(
      () => error,
      (explained: unknown) => explained,
    );
  }
}
