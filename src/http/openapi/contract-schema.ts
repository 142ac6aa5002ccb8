import type { ApiBodyOptions, ApiResponseSchemaHost } from '@nestjs/swagger';
import { z } from 'zod';

/** What Swagger's decorators take as a schema. */
export type ApiSchema = ApiResponseSchemaHost['schema'];
type BodyWithSchema = Extract<ApiBodyOptions, { schema: unknown }>;

/**
 * A contract as a JSON Schema of the dialect that OpenAPI 3.1 has. A contract with an id is a `$ref` into the `$defs` beside
 * it, which `hoistDefinitions` moves to `components.schemas`.
 *
 * @param io what callers send, or what they get
 */
export function jsonSchemaOf(contract: z.ZodType, io: 'input' | 'output'): ApiSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(contract, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      // Zod's bounds of every integer say nothing of this one.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Responses may get further members in later versions.
      if (io === 'output' && zodSchema instanceof z.ZodObject && !zodSchema.def.catchall)
        delete jsonSchema.additionalProperties;
    },
  });
  return schema as ApiSchema;
}

/** A JSON body with several examples, or one that the gateway reads without a validation of the whole. */
export function bodyOf(contract: z.ZodType, examples?: BodyWithSchema['examples']): ApiBodyOptions {
  return { schema: jsonSchemaOf(contract, 'input'), ...(examples && { examples }) };
}

/** Server-sent events whose data is JSON of this contract. */
export function eventContent(contract: z.ZodType): Record<'text/event-stream', { schema: ApiSchema }> {
  return { 'text/event-stream': { schema: jsonSchemaOf(contract, 'output') } };
}

/** Text of a media type, as a table in CSV. */
export function textContent(type: string, example?: string) {
  return { [type]: { schema: { type: 'string' as const }, ...(example !== undefined && { example }) } };
}

/** A JSON response, for routes that have other forms beside it. */
export function jsonContent(contract: z.ZodType): Record<'application/json', { schema: ApiSchema }> {
  return { 'application/json': { schema: jsonSchemaOf(contract, 'output') } };
}
