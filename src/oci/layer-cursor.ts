import type { ByteReader } from "./byte-reader.ts";
import type { Layer } from "./layer.ts";

/** The layer that is read at the moment: one is open at a time, each is opened once and read forwards. */
export class LayerCursor {
  readonly #layers: readonly Layer[];
  readonly #openLayer: (layer: Layer) => Promise<ByteReader>;
  #current: { readonly layer: Layer; readonly reader: ByteReader } | undefined;

  /** @param openLayer gives the bytes of a layer uncompressed */
  constructor(layers: readonly Layer[], openLayer: (layer: Layer) => Promise<ByteReader>) {
    this.#layers = layers;
    this.#openLayer = openLayer;
  }

  /**
   * The layer of that number, open. Numbers may only grow from call to call.
   *
   * @throws {ImageSourceError} when the layer can no longer be read
   */
  async at(index: number): Promise<{ readonly layer: Layer; readonly reader: ByteReader }> {
    const layer = this.#layers[index] as Layer;
    if (this.#current?.layer !== layer) {
      await this.close();
      this.#current = { layer, reader: await this.#openLayer(layer) };
    }
    return this.#current;
  }

  async close(): Promise<void> {
    const open = this.#current;
    this.#current = undefined;
    await open?.reader.close();
  }
}
