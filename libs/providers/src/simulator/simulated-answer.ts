import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord } from '../json-record';

/** A valid chat request to the simulator. */
export interface SimulatedRequest {
  model: string;
  messages: JsonRecord[];
  choiceCount: number;
  /** Undefined where the request has none. */
  maxOutputTokens: number | undefined;
  stream: boolean;
  includeUsage: boolean;
}

/** An invalid request, with OpenAI's error message. */
export class SimulatedBadRequest extends Error {
  override readonly name = 'SimulatedBadRequest';

  constructor(
    message: string,
    readonly param: string | null,
  ) {
    super(message);
  }
}

/** @throws SimulatedBadRequest that names the invalid member */
export function readSimulatedRequest(body: unknown): SimulatedRequest {
  if (!isRecord(body)) throw new SimulatedBadRequest('The body is not a JSON object.', null);
  const { model, messages, stream_options: streamOptions } = body;
  if (typeof model !== 'string' || model === '')
    throw new SimulatedBadRequest('you must provide a model parameter', 'model');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new SimulatedBadRequest("'messages' must be an array with at least one message.", 'messages');
  }
  messages.forEach((message: unknown, index) => {
    if (!isRecord(message) || typeof message.role !== 'string') {
      throw new SimulatedBadRequest(`'messages[${index}]' must be an object with a role.`, `messages[${index}]`);
    }
  });
  return {
    model,
    messages: messages.filter(isRecord),
    choiceCount: readCount(body, 'n', 128) ?? 1,
    maxOutputTokens: readCount(body, 'max_completion_tokens') ?? readCount(body, 'max_tokens'),
    stream: body.stream === true,
    includeUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
  };
}

function readCount(body: JsonRecord, name: string, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw new SimulatedBadRequest(`'${name}' must be an integer of at least 1.`, name);
  }
  return value;
}

/**
 * The `chat.completion` for a request. Equal bodies get equal completions, except for `created`.
 *
 * @param createdSeconds Unix time
 */
export function simulateCompletion(request: SimulatedRequest, body: string, createdSeconds: number): JsonRecord {
  const promptText = request.messages.map((message) => textOf(message.content)).join('\n');
  const promptTokens = countTokens(promptText) + 3 * request.messages.length;
  const choices = Array.from({ length: request.choiceCount }, (_, index) => simulateChoice(request, index));
  const completionTokens = choices.reduce((sum, choice) => sum + countTokens(choice.message.content), 0);
  return {
    id: `chatcmpl-sim-${createHash('sha256').update(body).digest('hex').slice(0, 24)}`,
    object: 'chat.completion',
    created: createdSeconds,
    model: request.model,
    choices,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    system_fingerprint: 'fp_simulator',
  };
}

function simulateChoice({ messages, maxOutputTokens = Infinity }: SimulatedRequest, index: number) {
  const prompt = textOf(messages.findLast((message) => message.role === 'user')?.content);
  const variant = index === 0 ? '' : ` This is choice ${index + 1}.`;
  const text =
    `Hello! This is the built-in simulator: no model was called and nothing was charged. ` +
    `You said: "${opening(prompt)}".${variant} With a provider's key the same request gets a real response.`;
  const isCut = countTokens(text) > maxOutputTokens;
  return {
    index,
    message: { role: 'assistant', content: isCut ? cut(text, maxOutputTokens * 4) : text, refusal: null },
    logprobs: null,
    finish_reason: isCut ? 'length' : 'stop',
  };
}

/** The start of a text, of at most `length` UTF-16 units; it does not end inside a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The first 120 characters of a text. */
function opening(text: string): string {
  const characters = Array.from(text.slice(0, 400));
  return characters.length > 120 ? `${characters.slice(0, 120).join('')}…` : characters.join('');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join(' ');
}

/** An estimate: four characters are one token. */
function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
