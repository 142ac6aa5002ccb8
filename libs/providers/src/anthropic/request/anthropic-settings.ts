import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord } from '../../json-record';
import { takenSchema } from './anthropic-schema';
import type { ThinkingPlan } from './anthropic-thinking';
import { isFilled, type Translation, unsupported, wrong } from './translation';

const SAMPLING = ['temperature', 'top_p', 'top_k'] as const;
/** Anthropic's highest temperature. @see https://platform.claude.com/docs/en/api/messages#body-temperature */
const HIGHEST_TEMPERATURE = 1;
/** The value of `temperature` and `top_p` that changes nothing; clients send it by default. */
const NO_EFFECT = 1;
const SERVICE_TIERS: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };
const JSON_INSTRUCTION = 'Respond with one JSON object and nothing else: no text around it, no code fence.';

/**
 * Sampling, for models that take it while they do not think. They take one of `temperature` and `top_p`.
 *
 * @see https://platform.claude.com/docs/en/api/migration-2026-10-21
 */
export function samplingOf(body: JsonRecord, { mayThink }: ThinkingPlan, { model, dropped }: Translation): JsonRecord {
  const given = SAMPLING.filter((name) => body[name] !== undefined && body[name] !== null);
  const refused = given.filter(
    (name) => !model.sampling || mayThink || (name === 'top_p' && given.includes('temperature')),
  );
  for (const name of refused) if (body[name] !== NO_EFFECT) dropped.add(name);
  const sampling: JsonRecord = {};
  for (const name of given) if (!refused.includes(name)) sampling[name] = body[name];
  const { temperature } = sampling;
  if (typeof temperature !== 'number' || temperature <= HIGHEST_TEMPERATURE) return sampling;
  dropped.add('temperature');
  return { ...sampling, temperature: HIGHEST_TEMPERATURE };
}

/** Anthropic refuses stops of white space alone. */
export function stopsOf({ stop }: JsonRecord, { dropped }: Translation): { stop_sequences?: unknown[] } {
  if (stop === undefined || stop === null) return {};
  const given: unknown[] = Array.isArray(stop) ? stop : [stop];
  const taken = given.filter((each) => isFilled(each) && String(each).trim() !== '');
  if (taken.length < given.length) dropped.add('stop');
  return taken.length === 0 ? {} : { stop_sequences: taken };
}

export function serviceTierOf({ service_tier: tier }: JsonRecord, { dropped }: Translation): { service_tier?: string } {
  if (tier === undefined || tier === null) return {};
  const taken = typeof tier === 'string' && Object.hasOwn(SERVICE_TIERS, tier) ? SERVICE_TIERS[tier] : undefined;
  if (taken === undefined) dropped.add('service_tier');
  return taken === undefined ? {} : { service_tier: taken };
}

/** The caller's user as a digest: Anthropic refuses e-mail addresses and telephone numbers. */
export function userOf({ safety_identifier: identifier, user }: JsonRecord): { metadata?: JsonRecord } {
  const name = isFilled(identifier) ? identifier : user;
  if (!isFilled(name)) return {};
  return { metadata: { user_id: createHash('sha256').update(String(name)).digest('hex') } };
}

/** How the answer is written: the request's `output_config.format`, or an instruction at the end of the system prompt. */
export interface OutputFormat {
  format: JsonRecord | undefined;
  instruction: string | undefined;
}

/** @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
export function outputFormat({ response_format: asked }: JsonRecord, { dropped }: Translation): OutputFormat {
  if (asked === undefined || asked === null) return { format: undefined, instruction: undefined };
  const type = isRecord(asked) ? asked.type : undefined;
  if (type === 'text') return { format: undefined, instruction: undefined };
  if (type === 'json_object') {
    dropped.add('response_format');
    return { format: undefined, instruction: JSON_INSTRUCTION };
  }
  if (!isRecord(asked) || type !== 'json_schema')
    throw wrong('response_format.type', 'must be one of text, json_object, json_schema');
  const { json_schema: named } = asked;
  if (!isRecord(named) || !isRecord(named.schema)) throw wrong('response_format.json_schema.schema', 'is required');
  const { schema, lost } = takenSchema(named.schema);
  if (lost.length > 0 && named.strict === true)
    throw unsupported(
      `response_format.json_schema.schema.${lost[0]}`,
      'cannot be enforced by this model; leave it out, or send strict: false to have it in the description',
    );
  if (lost.length > 0) dropped.add('response_format');
  return { format: { type: 'json_schema', schema }, instruction: undefined };
}
