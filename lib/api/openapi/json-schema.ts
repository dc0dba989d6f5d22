import * as z from 'zod';

export type JsonObject = Record<string, unknown>;
/** Named schemas, by name. */
export type Components = Record<string, unknown>;

/**
 * A schema as JSON Schema 2020-12, which is OpenAPI 3.1's own. Schemas with an id, its own and those
 * within, are put into `components` and referred to.
 */
export function schemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
  components: Components,
): JsonObject {
  const root: JsonObject = z.toJSONSchema(schema, { io });
  const within = (root['$defs'] ?? {}) as JsonObject;
  delete root['$defs'];
  delete root['$schema'];
  for (const [name, definition] of Object.entries(within)) {
    components[name] ??= pointToComponents(definition);
  }
  const named = schema.meta()?.id;
  if (named === undefined) return pointToComponents(root) as JsonObject;
  components[named] ??= pointToComponents(root);
  return { $ref: `#/components/schemas/${named}` };
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // "id" with a text is zod's own mark of a named schema, no keyword of JSON Schema.
      .filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'))
      .map(([key, inner]) =>
        key === '$ref' && typeof inner === 'string'
          ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
          : [key, pointToComponents(inner)],
      ),
  );
}
