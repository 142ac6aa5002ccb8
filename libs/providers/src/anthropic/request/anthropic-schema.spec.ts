import { takenSchema } from './anthropic-schema';

describe('takenSchema', () => {
  it('closes every object and names nothing as lost where nothing is', () => {
    const inner = { type: 'object', properties: { a: { type: ['object', 'null'], properties: {} } } };
    const { schema, lost } = takenSchema({ ...inner, $defs: { b: inner }, anyOf: [inner] });
    expect(lost).toEqual([]);
    expect(JSON.stringify(schema).match(/"additionalProperties":false/g)).toHaveLength(6);
  });

  it('takes names of properties for names, also those of keywords', () => {
    const properties = { minimum: { type: 'string' }, not: { type: 'string' }, oneOf: { type: 'string' } };
    expect(takenSchema({ type: 'object', properties })).toEqual({
      schema: { type: 'object', properties, additionalProperties: false },
      lost: [],
    });
  });

  it.each([
    [{ type: 'array', minItems: 1 }, []],
    [{ type: 'array', minItems: 2 }, ['minItems']],
    [{ type: 'object', additionalProperties: false }, []],
    [{ type: 'object', additionalProperties: { type: 'string' } }, ['additionalProperties']],
    [{ oneOf: [{ type: 'number', multipleOf: 2 }] }, ['oneOf.0.multipleOf']],
    [{ items: { properties: { a: { not: {} } } } }, ['items.properties.a.not']],
  ])('of %j loses %j', (schema, lost) => expect(takenSchema(schema).lost).toEqual(lost));

  it('tells the model what it cannot enforce', () => {
    const { schema } = takenSchema({ type: 'string', description: 'A name.', maxLength: 9, pattern: '^a' });
    expect(schema).toEqual({ type: 'string', description: 'A name.\n\n{"maxLength":9}', pattern: '^a' });
  });
});
