import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { jsonSchemaOf } from './contract-schema';
import { hoistDefinitions } from './hoist-definitions';

const documentOf = (...contracts: [z.ZodType, 'input' | 'output'][]): OpenAPIObject => ({
  openapi: '3.1.0',
  info: { title: 'test', version: '1' },
  paths: {},
  components: {
    responses: Object.fromEntries(
      contracts.map(([contract, io], index) => [
        `r${index}`,
        { description: '', content: { 'application/json': { schema: jsonSchemaOf(contract, io) } } },
      ]),
    ),
  },
});

describe('hoistDefinitions', () => {
  const person = z.object({ name: z.string() }).meta({ id: 'Person' });

  it('moves named schemas to the components, including nested ones', () => {
    const { components } = hoistDefinitions(
      documentOf([z.object({ data: z.array(person) }), 'output'], [person, 'input']),
    );
    expect(components?.schemas).toEqual({
      Person: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    });
    const ref = { $ref: '#/components/schemas/Person' };
    expect(components?.responses).toMatchObject({
      r0: { content: { 'application/json': { schema: { properties: { data: { items: ref } } } } } },
      r1: { content: { 'application/json': { schema: ref } } },
    });
    expect(JSON.stringify(components)).not.toContain('$defs');
  });

  it('refuses a contract that differs between requests and responses', () => {
    const withDefault = z.object({ limit: z.number().default(1) }).meta({ id: 'Page' });
    expect(() => hoistDefinitions(documentOf([withDefault, 'input'], [withDefault, 'output']))).toThrow('the id Page');
  });
});
