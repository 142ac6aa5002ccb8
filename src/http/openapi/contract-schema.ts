import type { ApiBodyOptions, ApiResponseSchemaHost } from '@nestjs/swagger';
import { z } from 'zod';

/** The schema type of Swagger's decorators. */
export type ApiSchema = ApiResponseSchemaHost['schema'];
type BodyWithSchema = Extract<ApiBodyOptions, { schema: unknown }>;

/**
 * A contract as a JSON Schema in OpenAPI 3.1's dialect. A contract with an id becomes a `$ref` into `$defs`, which
 * `hoistDefinitions` moves to `components.schemas`.
 *
 * @param io `input` for requests, `output` for responses
 */
export function jsonSchemaOf(contract: z.ZodType, io: 'input' | 'output'): ApiSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(contract, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      // Zod's default bounds of integers carry no information.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Later versions may add members to responses.
      if (io === 'output' && zodSchema instanceof z.ZodObject && !zodSchema.def.catchall)
        delete jsonSchema.additionalProperties;
    },
  });
  return schema as ApiSchema;
}

/** Documents a JSON body with several examples, or one that is not validated as a whole. */
export function bodyOf(contract: z.ZodType, examples?: BodyWithSchema['examples']): ApiBodyOptions {
  return { schema: jsonSchemaOf(contract, 'input'), ...(examples && { examples }) };
}

/** Server-sent events whose data is JSON of this contract. */
export function eventContent(contract: z.ZodType): Record<'text/event-stream', { schema: ApiSchema }> {
  return { 'text/event-stream': { schema: jsonSchemaOf(contract, 'output') } };
}

/** Text of a media type such as CSV. */
export function textContent(type: string, example?: string) {
  return { [type]: { schema: { type: 'string' as const }, ...(example !== undefined && { example }) } };
}

/** A JSON response of a route with several media types. */
export function jsonContent(contract: z.ZodType): Record<'application/json', { schema: ApiSchema }> {
  return { 'application/json': { schema: jsonSchemaOf(contract, 'output') } };
}
