import type { KeyPath, YamlDocument } from "../settings/yaml-document.ts";

/**
 * A document's content with numbers and truth values as the text that they are written as, but for those of some
 * keys: where text is wanted, `1.10` means 1.10, and `yes` is a word. Keys without a value are left out.
 *
 * @param except keys whose values stay what they are
 */
export function scalarsAsWritten(document: YamlDocument, except: ReadonlySet<string>): unknown {
  const convert = (value: unknown, path: KeyPath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => convert(item, [...path, index]));
    if (typeof value === "object" && value !== null) {
      const given = Object.entries(value).filter(([, item]) => item !== null);
      return Object.fromEntries(
        given.map(([key, item]) => [key, except.has(key) ? item : convert(item, [...path, key])]),
      );
    }
    const isPlain = typeof value === "number" || typeof value === "boolean";
    return isPlain ? (document.sourceAt(path) ?? String(value)) : value;
  };
  return convert(document.value, []);
}
