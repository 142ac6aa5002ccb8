import { type ChatRequest, type Json, isJson, lastUserText } from './chat-request';
import { type ChatRoute, RESPONSES_ONLY } from './chat-route';
import type { Answer } from './completion';
import { errorForStatus, type Exchange, invalidRequest } from './exchange';
import { refusedResponse } from './strict/refused-response';

interface Event extends Json {
  type: string;
}

/** OpenAI's Responses: the models of the chat route in the other shape. @see https://platform.openai.com/docs/api-reference/responses */
export async function createResponse(exchange: Exchange, models: ChatRoute): Promise<void> {
  const { call, directives } = exchange;
  const { body } = call;
  if (!isJson(body) || typeof body['model'] !== 'string' || body['input'] === undefined) {
    return exchange.error(
      400,
      invalidRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter'),
    );
  }
  const refused = models.isStrict ? refusedResponse(body, models.issuedReasoning) : undefined;
  if (refused) return exchange.error(400, refused);
  if (!models.isStrict && hasForeignReasoning(body)) {
    const message = 'The encrypted content could not be verified.';
    return exchange.error(400, invalidRequest(message, null, 'invalid_encrypted_content'));
  }
  const answer = models.compose(chatOf(body), directives, { call: call.seq });
  if (models.isStrict) answer.xFake['reasoning'] = reasoningFor(body, answer, models.issuedReasoning);
  call.billed = answer.bill;
  if (body['stream'] !== true) return exchange.json(directives.status ?? 200, responseOf(body, answer));
  await exchange.startStream();
  let sent = 0;
  for (const event of eventsOf(body, answer)) {
    if (sent === directives.cutAfter) return exchange.cut();
    if (sent === directives.errorAfter) {
      const error = errorForStatus(500, body['model']);
      const failed = { type: 'error', code: error.type, message: error.message, param: null, sequence_number: sent };
      await exchange.write(`event: error\ndata: ${JSON.stringify(failed)}\n\n`);
      return exchange.end();
    }
    await exchange.sleep(directives.gapMs ?? 0);
    const data = JSON.stringify({ ...event, sequence_number: sent });
    await exchange.write(`event: ${event.type}\ndata: ${data}\n\n`);
    sent += 1;
  }
  exchange.end();
}

/** Begins what the vendor's models have encrypted. */
const ENCRYPTED = 'gAAAAA';

function hasForeignReasoning({ input }: Json): boolean {
  const items = Array.isArray(input) ? input.filter(isJson) : [];
  return items.some(
    ({ type, encrypted_content: data }) => type === 'reasoning' && !String(data ?? '').startsWith(ENCRYPTED),
  );
}

/** What models without chat completions think: encrypted, where the request asks for it. */
function reasoningOf({ model, include }: Json, base: string): Json[] {
  if (!RESPONSES_ONLY.test(String(model)) || !Array.isArray(include) || include.length === 0) return [];
  const summary = [{ type: 'summary_text', text: 'Thinking it over.' }];
  return [{ id: `rs_${base}`, type: 'reasoning', summary, encrypted_content: `${ENCRYPTED}${base}` }];
}

/** Runs a line of a batch. */
export function responseLine(body: unknown, models: ChatRoute): ReturnType<ChatRoute['answerLine']> {
  if (!isJson(body)) return { status: 400, body: { error: invalidRequest('No body.') }, billed: undefined };
  const refused = models.isStrict ? refusedResponse(body, models.issuedReasoning) : undefined;
  if (refused) return { status: 400, body: { error: refused }, billed: undefined };
  const answer = models.compose(chatOf(body), {}, {});
  return { status: 200, body: responseOf(body, answer), billed: answer.bill };
}

/** The same request in the shape of chat completions, as far as the fake reads it. */
export function chatOf(body: Json): ChatRequest {
  const { model, input, instructions, tools, text } = body;
  const items = Array.isArray(input) ? input.filter(isJson) : [{ role: 'user', content: input }];
  const messages = withJoinedCalls(items.flatMap(messageOf));
  const format = isJson(text) && isJson(text['format']) ? text['format'] : undefined;
  return {
    model: String(model),
    messages: typeof instructions === 'string' ? [{ role: 'system', content: instructions }, ...messages] : messages,
    tools: Array.isArray(tools)
      ? tools.filter(isJson).map((tool) => ({ type: 'function', function: tool }))
      : undefined,
    tool_choice: isLast(messages, items) ? 'none' : body['tool_choice'],
    service_tier: body['service_tier'],
    max_completion_tokens: body['max_output_tokens'],
    response_format: format,
    reasoning_effort: isJson(body['reasoning']) ? body['reasoning']['effort'] : undefined,
  };
}

/** Without a marker that asks for more rounds, a result of a tool is the end of its turn. */
function isLast(messages: Json[], items: Json[]): boolean {
  return items.at(-1)?.['type'] === 'function_call_output' && !lastUserText({ messages }).includes('[[call=');
}

function messageOf(item: Json): Json[] {
  const { type, call_id: id, name, arguments: given, output } = item;
  if (item['role'] !== undefined) return [item];
  if (type === 'function_call') {
    const call = { id, type: 'function', function: { name, arguments: given } };
    return [{ role: 'assistant', content: null, tool_calls: [call] }];
  }
  return type === 'function_call_output' ? [{ role: 'tool', tool_call_id: id, content: output }] : [];
}

/** Calls that follow each other are of one turn. */
function withJoinedCalls(messages: Json[]): Json[] {
  const joined: Json[] = [];
  for (const message of messages) {
    const calls = joined.at(-1)?.['tool_calls'];
    if (Array.isArray(calls) && Array.isArray(message['tool_calls'])) calls.push(...message['tool_calls']);
    else joined.push(message);
  }
  return joined;
}

/** The reasoning item of an answer; undefined for models without reasoning. */
function reasoningFor(body: Json, { id, bill }: Answer, issued: Set<string>): Json | undefined {
  if (bill.reasoning_tokens === 0) return undefined;
  const encrypted = Buffer.from(`reasoning of ${id}`).toString('base64');
  issued.add(encrypted);
  const { reasoning, include } = body;
  const isShown = isJson(reasoning) && (reasoning['summary'] ?? null) !== null;
  return {
    id: id.replace('chatcmpl-', 'rs_'),
    type: 'reasoning',
    summary: isShown ? [{ type: 'summary_text', text: '**생각** Let me think.' }] : [],
    ...(Array.isArray(include) && include.includes('reasoning.encrypted_content') && { encrypted_content: encrypted }),
  };
}

function outputOf(body: Json, { id, choices, xFake }: Answer): Json[] {
  const { reasoning } = xFake;
  const [choice] = choices;
  const base = id.replace('chatcmpl-', '');
  const part =
    choice?.refusal === null || choice?.refusal === undefined
      ? { type: 'output_text', annotations: [], logprobs: [], text: choice?.text ?? '' }
      : { type: 'refusal', refusal: choice.refusal };
  const message = { id: `msg_${base}`, type: 'message', status: 'completed', role: 'assistant', content: [part] };
  const thoughts = isJson(reasoning) ? [reasoning] : reasoningOf(body, base);
  const calls = choice?.toolCalls ?? [];
  if (calls.length === 0) return [...thoughts, message];
  const called = calls.map(({ id: callId, function: { name, arguments: text } }, at) => ({
    id: `fc_${base}_${at}`,
    type: 'function_call',
    status: 'completed',
    arguments: text,
    call_id: callId,
    name,
  }));
  return [...thoughts, ...called];
}

function frame(body: Json, { id, created, identity, tier, xFake }: Answer): Json {
  const { metadata = {}, user = null, tools = [], instructions = null, store = true } = body;
  return {
    id: id.replace('chatcmpl-', 'resp_'),
    object: 'response',
    created_at: created,
    model: identity.model,
    error: null,
    incomplete_details: null,
    parallel_tool_calls: true,
    temperature: 1,
    top_p: 1,
    tool_choice: 'auto',
    service_tier: tier,
    metadata,
    user,
    tools,
    instructions,
    store,
    x_fake: { call: xFake['call'] },
  };
}

function responseOf(body: Json, answer: Answer): Json {
  const isCut = answer.choices[0]?.finish === 'length';
  const {
    prompt_tokens: input,
    cached_tokens: cached,
    completion_tokens: output,
    reasoning_tokens: reasoning,
  } = answer.bill;
  return {
    ...frame(body, answer),
    status: isCut ? 'incomplete' : 'completed',
    ...(isCut && { incomplete_details: { reason: 'max_output_tokens' } }),
    output: outputOf(body, answer),
    ...(answer.withUsage && {
      usage: {
        input_tokens: input,
        input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: input + output,
      },
    }),
  };
}

function* eventsOf(body: Json, answer: Answer): Generator<Event> {
  const begun = { ...frame(body, answer), status: 'in_progress', output: [], usage: null };
  yield { type: 'response.created', response: begun };
  yield { type: 'response.in_progress', response: begun };
  for (const [at, item] of outputOf(body, answer).entries()) yield* itemEvents(item, at);
  const response = responseOf(body, answer);
  yield { type: `response.${String(response['status'])}`, response };
}

function* itemEvents(item: Json, at: number): Generator<Event> {
  if (item['type'] === 'reasoning') return yield* reasoningEvents(item, at);
  const place = { item_id: item['id'], output_index: at };
  const [part] = Array.isArray(item['content']) ? (item['content'] as Json[]) : [];
  const written = String(part?.['text'] ?? part?.['refusal'] ?? item['arguments']);
  const words = written.match(/\S+\s*/g) ?? [];
  const opened = part ? { content: [] } : { arguments: '' };
  yield { type: 'response.output_item.added', output_index: at, item: { ...item, status: 'in_progress', ...opened } };
  if (!part) {
    for (const delta of words) yield { type: 'response.function_call_arguments.delta', ...place, delta };
    yield { type: 'response.function_call_arguments.done', ...place, name: item['name'], arguments: written };
  } else {
    const member = part['type'] === 'refusal' ? 'refusal' : 'text';
    const name = member === 'refusal' ? 'response.refusal' : 'response.output_text';
    const within = { ...place, content_index: 0 };
    yield { type: 'response.content_part.added', ...within, part: { ...part, [member]: '' } };
    for (const delta of words) yield { type: `${name}.delta`, ...within, delta, logprobs: [] };
    yield { type: `${name}.done`, ...within, [member]: written, logprobs: [] };
    yield { type: 'response.content_part.done', ...within, part };
  }
  yield { type: 'response.output_item.done', output_index: at, item };
}

function* reasoningEvents({ encrypted_content: encrypted, ...item }: Json, at: number): Generator<Event> {
  const whole = encrypted === undefined ? item : { ...item, encrypted_content: encrypted };
  yield { type: 'response.output_item.added', output_index: at, item: { ...item, summary: [] } };
  for (const [index, part] of (item['summary'] as Json[]).entries()) {
    const place = { item_id: item['id'], output_index: at, summary_index: index };
    const text = String(part['text']);
    yield { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } };
    for (const delta of text.match(/\S+\s*/g) ?? [])
      yield { type: 'response.reasoning_summary_text.delta', ...place, delta };
    yield { type: 'response.reasoning_summary_text.done', ...place, text };
    yield { type: 'response.reasoning_summary_part.done', ...place, part };
  }
  yield { type: 'response.output_item.done', output_index: at, item: whole };
}
