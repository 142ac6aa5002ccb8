import { claudeFacts, type ClaudeFacts, thinks } from './claude-facts';
import { checkConversation, type IssuedTurns } from './conversation-check';
import { refuse, Refusal } from './refusal';

const MEMBERS = new Set(
  'model max_tokens messages system tools tool_choice temperature top_p top_k stop_sequences stream metadata service_tier thinking output_config cache_control'.split(
    ' ',
  ),
);
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const PERSONAL = /@|^\+?[\d ()-]{7,}$/;
const BINDING_BETA = 'thinking-binding-controls-2026-08-01';
const REFUSED_KEYWORDS = ['oneOf', 'minimum', 'maximum', 'minLength', 'maxLength', 'maxItems', 'uniqueItems', 'not'];

/** Members that only a beta has. */
const BETA_MEMBERS: Readonly<Record<string, string>> = {
  context_management: 'context-management-',
  speed: 'fast-mode-',
};
const VERSIONS = ['2023-06-01', '2026-10-21'];
const SAMPLING = ['temperature', 'top_p', 'top_k'];

/** Refuses a request without a version, and what the version of October 2026 refuses. @throws Refusal */
export function checkVersion(headers: Record<string, unknown>, body: any): void {
  const version = headers['anthropic-version'];
  if (!version) refuse('anthropic-version: header is required');
  if (!VERSIONS.includes(String(version))) refuse(`anthropic-version: "${String(version)}" is not a valid version`);
  const sampled = SAMPLING.find((name) => body?.[name] !== undefined);
  if (version === '2026-10-21' && sampled) refuse(`${sampled}: Extra inputs are not permitted`);
}

/** Refuses what the vendor refuses. @returns what it says of the model, and how many blocks of thinking it leaves out @throws Refusal */
export function checkRequest(body: any, beta: string, issued: IssuedTurns): { facts: ClaudeFacts; leftOut: number } {
  if (typeof body !== 'object' || body === null) refuse('The request body is not valid JSON');
  for (const name of Object.keys(body)) {
    const ofBeta = BETA_MEMBERS[name];
    if (!MEMBERS.has(name) && !(ofBeta && beta.includes(ofBeta))) refuse(`${name}: Extra inputs are not permitted`);
  }
  if (typeof body.model !== 'string') refuse('model: Field required');
  const facts = claudeFacts(body.model);
  if (!facts) throw new Refusal(404, 'not_found_error', `model: ${body.model}`);
  if (!Number.isInteger(body.max_tokens)) refuse('max_tokens: Field required');
  checkSampling(body, facts);
  checkThinking(body, facts, beta);
  checkTools(body, facts);
  checkMarks(body);
  for (const stop of body.stop_sequences ?? [])
    if (stop.trim() === '') refuse('stop_sequences: each stop sequence must contain non-whitespace');
  if (PERSONAL.test(body.metadata?.user_id ?? ''))
    refuse('metadata.user_id: must not be an e-mail address or a number');
  if (!['auto', 'standard_only', undefined].includes(body.service_tier)) refuse('service_tier: Input should be auto');
  checkSchema(body.output_config?.format?.schema);
  return { facts, leftOut: checkConversation(body, facts, issued) };
}

function checkSampling(body: any, { version }: ClaudeFacts): void {
  const given = SAMPLING.filter((name) => body[name] !== undefined);
  if (given.length > 0 && version >= 4.7) refuse(`${given[0]}: is not supported by this model`);
  if (body.temperature !== undefined && body.top_p !== undefined) refuse('temperature and top_p cannot both be set');
  if (body.temperature > 1) refuse('temperature: Input should be less than or equal to 1');
}

function checkThinking(body: any, facts: ClaudeFacts, beta: string): void {
  const { thinking } = body;
  if (thinking !== undefined) {
    if (!facts.thinking.has(thinking.type)) refuse(`thinking.type: "${thinking.type}" is not supported by this model`);
    if (thinking.type === 'enabled') {
      if (!(thinking.budget_tokens >= 1024)) refuse('thinking.budget_tokens: must be at least 1024');
      if (thinking.budget_tokens >= body.max_tokens) refuse('max_tokens must be greater than thinking.budget_tokens');
    }
    const takesBinding = ['adaptive', 'enabled'].includes(thinking.type) && beta.includes(BINDING_BETA);
    if (thinking.block_binding !== undefined && !takesBinding)
      refuse('thinking.block_binding: Extra inputs are not permitted');
  }
  const sampled = ['temperature', 'top_k'].find((name) => body[name] !== undefined && body[name] !== 1);
  if (sampled !== undefined && thinks(body, facts)) refuse(`${sampled} may only be set to 1 when thinking is enabled`);
}

function checkTools({ tools, tool_choice: choice, thinking }: any, { forcedTools }: ClaudeFacts): void {
  if (choice !== undefined && tools === undefined) refuse('tool_choice may only be specified while providing tools');
  for (const [index, tool] of (tools ?? []).entries()) {
    for (const name of Object.keys(tool))
      if (!['name', 'description', 'input_schema', 'strict', 'cache_control'].includes(name))
        refuse(`tools.${index}.${name}: Extra inputs are not permitted`);
    if (!NAME.test(tool.name)) refuse(`tools.${index}.name: String should match pattern`);
    if (tool.input_schema?.type !== 'object') refuse(`tools.${index}.input_schema.type: Field required`);
    if (tool.strict === true) checkSchema(tool.input_schema);
  }
  if (choice === undefined || !['any', 'tool'].includes(choice.type)) return;
  if (!forcedTools) refuse('tool_choice: forced tool use is not supported by this model');
  if (thinking?.type === 'enabled') refuse('Thinking may not be enabled when tool_choice forces tool use');
}

function checkMarks(body: any): void {
  const marks: any[] = [];
  const collect = (value: any): void => {
    if (Array.isArray(value)) for (const each of value) collect(each);
    else if (value?.cache_control) marks.push(value.cache_control);
    if (Array.isArray(value?.content)) collect(value.content);
  };
  for (const place of [body.tools, body.system, body.messages]) collect(place ?? []);
  if (marks.length > 4) refuse('A maximum of 4 blocks with cache_control may be provided');
  const short = marks.findIndex(({ ttl }) => ttl !== '1h');
  if (short >= 0 && marks.slice(short).some(({ ttl }) => ttl === '1h'))
    refuse('a ttl="1h" cache_control block must not come after a ttl="5m" one');
}

function checkSchema(schema: any): void {
  if (typeof schema !== 'object' || schema === null) return;
  const refused = REFUSED_KEYWORDS.find((name) => name in schema);
  if (refused !== undefined) refuse(`output_config.format.schema: ${refused} is not supported`);
  if (schema.type === 'object' && schema.additionalProperties !== false)
    refuse('output_config.format.schema: For object type, additionalProperties must be explicitly set to false');
  for (const each of Object.values(schema.properties ?? {})) checkSchema(each);
  for (const each of [schema.items, ...(schema.anyOf ?? [])]) checkSchema(each);
}
