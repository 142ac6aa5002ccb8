import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import document from './openai-schemas.json';

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { unixtime: true, uri: true } });
ajv.addSchema(document as object, 'openai');
const validators = new Map<string, ValidateFunction>();

/** OpenAI itself sends null where its document has none. */
const NULLS_OF_OPENAI = /\/(?:usage|logprobs|service_tier|prompt_cache_options|user|errors|\w+_at|\w+_file_id)$/;

/** Where a value is not as OpenAI's published schema of that name says; none if it is. */
export function schemaFaults(name: string, value: unknown): string[] {
  const validate = validators.get(name) ?? ajv.compile({ $ref: `openai#/components/schemas/${name}` });
  validators.set(name, validate);
  if (validate(value)) return [];
  const wrong = (validate.errors ?? []).filter((error) => !isAllowedNull(error, value));
  // A union whose members all fail is a fault only through them.
  const own = wrong.filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword));
  return own.map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function isAllowedNull({ instancePath }: ErrorObject, value: unknown): boolean {
  let at: any = value;
  for (const step of instancePath.split('/').slice(1)) at = at?.[step];
  return at === null && NULLS_OF_OPENAI.test(instancePath);
}
