import { type EndpointRequest, InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { checkFlag, checkLimit, invalid, MAX_OUTPUT_TOKENS, requestedModel, requestRecord } from '../request-members';

/** Tools that the caller runs; vendors charge for all others. */
const OWN_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom']);

/** Members that name what a vendor's account stores for all teams, and what to send in place of them. */
const STORED_ELSEWHERE: Readonly<Record<string, string>> = {
  previous_response_id: "Send the earlier items, the model's among them, in 'input'",
  conversation: "Send the items of the conversation in 'input'",
  prompt: "Send the prompt's text in 'instructions' and 'input'",
};

/**
 * Checks the members that the gateway reads. All others pass through; the upstream checks them.
 *
 * @throws InvalidRequestError that names the member
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function readResponsesRequest(sent: unknown): { body: JsonRecord; request: EndpointRequest } {
  const body = requestRecord(sent);
  const model = requestedModel(body, 'gpt-4.1');
  const { instructions, tools } = body;
  refuseStored(body);
  checkInput(body.input);
  if (isSet(instructions) && !isText(instructions)) throw invalid("'instructions'", 'must be a text', 'instructions');
  for (const name of ['stream', 'background']) checkFlag(body, name);
  for (const name of ['stream_options', 'text', 'reasoning']) checkObject(body, name);
  if (isSet(tools)) checkTools(tools);
  checkLimit(body, 'max_output_tokens', MAX_OUTPUT_TOKENS);
  return { body, request: requestOf(body, model) };
}

function requestOf(body: JsonRecord, model: string): EndpointRequest {
  const { max_output_tokens: limit, service_tier: tier } = body;
  return {
    model,
    stream: body.stream === true,
    choices: 1,
    maxOutputTokens: typeof limit === 'number' && Number.isInteger(limit) && limit > 0 ? limit : undefined,
    metadata: body.metadata,
    // The last event always has the whole response, its usage too.
    wantsUsage: true,
    serviceTier: typeof tier === 'string' ? tier : undefined,
    forcesTool: forcesTool(body),
    unpricedMember: unpricedMember(body),
  };
}

function refuseStored(body: JsonRecord): void {
  for (const [name, advice] of Object.entries(STORED_ELSEWHERE)) {
    if (isSet(body[name])) throw new InvalidRequestError(`'${name}' is not supported. ${advice}.`, name);
  }
  if (body.background !== true) return;
  const message = "'background' is not supported. Leave it out, or send the request as a line of POST /v1/batches.";
  throw new InvalidRequestError(message, 'background');
}

function checkInput(input: unknown): void {
  if (isText(input)) return;
  if (!Array.isArray(input) || input.length === 0) {
    const problem = 'is required and must be a text or an array of items, as [{"role": "user", "content": "Hello"}]';
    throw invalid("'input'", problem, 'input');
  }
  for (const [index, item] of input.entries()) checkItem(item, `input[${index}]`);
}

function checkItem(item: unknown, param: string): void {
  if (!isRecord(item)) throw invalid(`'${param}'`, 'must be an object', param);
  const { type, role } = item;
  if (type === 'item_reference') {
    const message = `'${param}' refers to a stored item, and the gateway stores none. Send the item itself; clients that refer to items by their ids, as Vercel's ai, send them with store: false.`;
    throw new InvalidRequestError(message, `${param}.type`);
  }
  if (isSet(type) && typeof type !== 'string')
    throw invalid(`'${param}.type'`, 'must be a text, as "message"', `${param}.type`);
  const isMessage = !isSet(type) || type === 'message';
  if (isMessage && (typeof role !== 'string' || role === ''))
    throw invalid(`'${param}.role'`, 'is required, as "user"', `${param}.role`);
}

function checkTools(tools: unknown): void {
  if (!Array.isArray(tools)) throw invalid("'tools'", 'must be an array', 'tools');
  for (const [index, tool] of tools.entries()) {
    const param = `tools[${index}]`;
    if (!isRecord(tool)) throw invalid(`'${param}'`, 'must be an object', param);
    if (typeof tool.type !== 'string') throw invalid(`'${param}.type'`, 'is required, as "function"', `${param}.type`);
  }
}

function checkObject(body: JsonRecord, name: string): void {
  if (isSet(body[name]) && !isRecord(body[name])) throw invalid(`'${name}'`, 'must be an object', name);
}

/** @see https://platform.openai.com/docs/api-reference/responses/create#responses-create-tool_choice */
function forcesTool({ tool_choice: choice, tools }: JsonRecord): boolean {
  if (choice === 'required') return Array.isArray(tools) && tools.length === 1;
  if (!isRecord(choice)) return false;
  if (choice.type === 'function' || choice.type === 'custom') return true;
  const { type, mode, tools: allowed } = choice;
  return type === 'allowed_tools' && mode === 'required' && Array.isArray(allowed) && allowed.length === 1;
}

/** The first hosted tool, in dotted form: what it costs is in no price of tokens. */
function unpricedMember({ tools }: JsonRecord): string | undefined {
  const hosted = Array.isArray(tools) ? tools.findIndex((tool) => isRecord(tool) && !OWN_TOOLS.has(tool.type)) : -1;
  return hosted < 0 ? undefined : `tools.${hosted}`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof LongText;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
