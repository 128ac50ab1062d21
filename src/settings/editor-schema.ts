import { toJsonSchema } from "@valibot/to-json-schema";
import { settingsSchema } from "./schema.ts";

/**
 * The JSON Schema by which editors check and complete `golem-image.yml`, made of the schema that the
 * program itself uses. For development only: `scripts/write-editor-schema.mjs` writes it to
 * `docs/schema/`, and nothing that is shipped imports it.
 */
export function editorSchema(): Record<string, unknown> {
  const schema = toJsonSchema(settingsSchema, {
    typeMode: "input",
    // Checks that JSON Schema has no words for are left to the program.
    errorMode: "ignore",
    overrideSchema: ({ valibotSchema, jsonSchema: { additionalProperties, ...rest } }) => {
      const { enum: choices, properties } =
        typeof additionalProperties === "object" ? additionalProperties : {};
      return valibotSchema.type === "record" && !choices && !properties
        ? { ...rest, additionalProperties: { type: ["string", "number", "boolean"] } }
        : undefined;
    },
  });
  return {
    $schema: schema.$schema,
    title: "golem-image.yml",
    description: "Settings of a Golem VM image; docs/settings.md explains each.",
    ...schema,
  };
}
