import type { GenericSchema } from "valibot";
import type { KeyPath } from "./yaml-document.ts";

/** What a schema is made of, as far as its keys are concerned; valibot's own objects have this shape. */
interface SchemaParts {
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  readonly item?: SchemaParts;
  readonly wrapped?: SchemaParts;
  /** Of a map whose names are free. */
  readonly value?: unknown;
  /** The members of a union. */
  readonly options?: readonly unknown[];
  readonly pipe?: readonly { readonly type: string; readonly description?: string }[];
}

export interface KeyFault {
  readonly path: KeyPath;
  /** The keys that are allowed there; absent when there is a list where a map belongs. */
  readonly known?: readonly string[];
}

/**
 * Every key that the schema does not have, while valibot stops at the first of each map; and every
 * list where a map belongs, which valibot takes for a map.
 */
export function findKeyFaults(schema: GenericSchema, value: unknown): KeyFault[] {
  return [...keyFaultsBelow(schema as SchemaParts, value, [])];
}

function* keyFaultsBelow(schema: SchemaParts, value: unknown, path: KeyPath): Generator<KeyFault> {
  const union = mapAmong(schema);
  if (schema.wrapped) {
    yield* keyFaultsBelow(schema.wrapped, value, path);
  } else if (union) {
    if (isMap(value)) yield* keyFaultsBelow(union, value, path);
  } else if (schema.item && Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* keyFaultsBelow(schema.item, item, [...path, index]);
    }
  } else if (freeValueOf(schema) && isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      yield* keyFaultsBelow(freeValueOf(schema) as SchemaParts, item, [...path, key]);
    }
  } else if (schema.entries && Array.isArray(value)) {
    yield { path };
  } else if (schema.entries && isMap(value)) {
    for (const key of Object.keys(value)) {
      const entry = Object.hasOwn(schema.entries, key) ? schema.entries[key] : undefined;
      if (entry) yield* keyFaultsBelow(entry, value[key], [...path, key]);
      else yield { path: [...path, key], known: Object.keys(schema.entries) };
    }
  }
}

export interface DocumentedKey {
  /** Such as `vm.timeouts.boot` or `tests[].put[].from`. */
  readonly key: string;
  readonly description: string | undefined;
}

/** Every key of a schema, parents before their members, with its description. */
export function listKeys(schema: GenericSchema): DocumentedKey[] {
  return [...keysBelow(schema as SchemaParts, "")];
}

function* keysBelow(schema: SchemaParts, prefix: string): Generator<DocumentedKey> {
  const union = mapAmong(schema);
  if (schema.wrapped || union) {
    yield* keysBelow(schema.wrapped ?? (union as SchemaParts), prefix);
  } else if (schema.item) {
    yield* keysBelow(schema.item, `${prefix}[]`);
  } else if (freeValueOf(schema)) {
    yield* keysBelow(freeValueOf(schema) as SchemaParts, `${prefix}.NAME`);
  } else {
    for (const [name, entry] of Object.entries(schema.entries ?? {})) {
      const key = prefix === "" ? name : `${prefix}.${name}`;
      const description = entry.pipe?.find(({ type }) => type === "description")?.description;
      yield { key, description };
      yield* keysBelow(entry, key);
    }
  }
}

/** What a map with free names has under each. */
function freeValueOf({ value }: SchemaParts): SchemaParts | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}

/** The map that a union allows beside other forms. */
function mapAmong({ options }: SchemaParts): SchemaParts | undefined {
  // A list of choices has options, too, which are text.
  const schemas = (options ?? []).filter((option) => typeof option === "object");
  return (schemas as SchemaParts[]).find(({ entries }) => entries !== undefined);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
