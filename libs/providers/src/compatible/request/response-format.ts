import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import type { RequestRules } from '../quirks';
import type { Draft } from './draft';

const SCHEMA = 'response_format.json_schema';

/**
 * Puts a JSON schema where the vendor takes it. A vendor without a place for it gets the schema as an instruction and is
 * asked for a JSON object; the report says that nothing enforces the schema.
 */
export function placeSchema(draft: Draft, { jsonSchema }: RequestRules): void {
  const format = draft.body.response_format;
  if (jsonSchema === undefined || !isRecord(format) || format.type !== 'json_schema') return;
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  if (jsonSchema === 'beside-type') {
    draft.body.response_format = { type: 'json_schema', schema };
    return;
  }
  draft.body.response_format = { type: 'json_object' };
  draft.body.messages = withInstruction(draft.body.messages, schema);
  draft.dropped.add(SCHEMA);
}

/** Behind the caller's own instructions, where it is the same in each turn. */
function withInstruction(messages: unknown, schema: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  const content = `Answer with one JSON object and nothing else. It must conform to this JSON schema: ${String(stringifyExact(schema ?? {}))}`;
  const at = messages.findIndex((message) => !isInstruction(message));
  return messages.toSpliced(at < 0 ? messages.length : at, 0, { role: 'system', content } satisfies JsonRecord);
}

function isInstruction(message: unknown): boolean {
  return isRecord(message) && (message.role === 'system' || message.role === 'developer');
}
