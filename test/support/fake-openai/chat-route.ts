import { createHash } from 'node:crypto';
import type { TokenBill } from './call-log';
import {
  type ChatRequest,
  type Json,
  chatRequestError,
  checkChatRequest,
  isJson,
  lastUserText,
  unknownMembers,
} from './chat-request';
import { type Answer, type Identity, compose, fingerprintOf, toChunks, toCompletion } from './completion';
import { type Directives, parseMarkers } from './directives';
import { type Exchange, type VendorError, errorForStatus, invalidRequest } from './exchange';
import { isReasoning } from './strict/models';
import { refusedChat } from './strict/refused-chat';

/** The response to a batch line. */
export interface LineAnswer {
  status: number;
  body: Json;
  billed: TokenBill | undefined;
}

const DEFAULT_DIMENSIONS = 64;
/** Of each answer of a reasoning model. */
const REASONING_TOKENS = 12;

/** The models of the vendor: chat and embeddings, for direct calls and for batch lines. */
export class ChatRoute {
  private readonly snapshots = new Map<string, Identity>();
  /** Encrypted reasoning that Responses have given out. */
  readonly issuedReasoning = new Set<string>();

  /** @param isStrict whether it refuses all that the vendor refuses, and its reasoning models reason */
  constructor(readonly isStrict = false) {}

  setSnapshot(model: string, snapshot: string, systemFingerprint = fingerprintOf(snapshot)): void {
    this.snapshots.set(model, { model: snapshot, systemFingerprint });
  }

  /** The dated name of `model`; a dated name is its own. */
  identityOf(model: string): Identity {
    const set = this.snapshots.get(model);
    if (set) return set;
    const snapshot = /-\d{4}-\d{2}-\d{2}$/.test(model) ? model : `${model}-2026-01-01`;
    return { model: snapshot, systemFingerprint: fingerprintOf(snapshot) };
  }

  reset(): void {
    this.snapshots.clear();
  }

  async chat(exchange: Exchange): Promise<void> {
    const { call, directives } = exchange;
    const error = this.refused(call.body);
    if (!checkChatRequest(call.body) || error) return refuse(exchange, error);
    const request = call.body;
    const answer = this.compose(request, directives, { call: call.seq, unknown_members: call.unknownMembers });
    if (request['stream'] === true && !directives.unstreamed) return stream(exchange, request, answer);
    call.billed = answer.bill;
    await exchange.json(directives.status ?? 200, toCompletion(answer));
  }

  async embeddings(exchange: Exchange): Promise<void> {
    const { status, body, billed } = this.embed(exchange.call.body);
    exchange.call.billed = billed;
    await exchange.json(status, body);
  }

  /** Runs a batch line; a marker with a status in its prompt makes it an error line. */
  answerLine(endpoint: string, body: unknown): LineAnswer {
    if (endpoint === '/v1/embeddings') return this.embed(body);
    const directives = parseMarkers(lastUserText(body));
    const { status } = directives;
    const request = checkChatRequest(body) ? body : undefined;
    const error = this.refused(body);
    if (!request || error) return { status: 400, body: { error }, billed: undefined };
    if (status !== undefined)
      return { status, body: { error: errorForStatus(status, request.model) }, billed: undefined };
    const answer = this.compose(request, directives, { unknown_members: unknownMembers(body) });
    return { status: 200, body: toCompletion(answer), billed: answer.bill };
  }

  compose(request: ChatRequest, directives: Directives, xFake: Json): Answer {
    const reasons = this.isStrict && isReasoning(request.model) && request['reasoning_effort'] !== 'none';
    const thought = reasons ? { reasoningTokens: REASONING_TOKENS, ...directives } : directives;
    return compose(request, thought, this.identityOf(request.model), xFake);
  }

  private refused(body: unknown): VendorError | undefined {
    const error = chatRequestError(body);
    return error ?? (this.isStrict && checkChatRequest(body) ? refusedChat(body, body.messages) : undefined);
  }

  private embed(body: unknown): LineAnswer {
    const input = isJson(body) ? embeddingInputs(body['input']) : undefined;
    if (!isJson(body) || typeof body['model'] !== 'string' || input === undefined) {
      const error = invalidRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
      return { status: 400, body: { error }, billed: undefined };
    }
    const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : DEFAULT_DIMENSIONS;
    const data = input.map((words, index) => {
      const vector = embed(words, dimensions);
      const embedding =
        body['encoding_format'] === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    const promptTokens = input.reduce((sum, words) => sum + words.length, 0);
    return {
      status: 200,
      body: {
        object: 'list',
        data,
        model: body['model'],
        usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
        x_fake: {},
      },
      billed: { prompt_tokens: promptTokens, cached_tokens: 0, completion_tokens: 0, reasoning_tokens: 0 },
    };
  }
}

async function refuse(exchange: Exchange, error: VendorError | undefined): Promise<void> {
  await exchange.error(400, error ?? invalidRequest('Invalid request.'));
}

/** Bills the tokens that were sent: all at the end, fewer if either side broke off. */
async function stream(exchange: Exchange, request: ChatRequest, answer: Answer): Promise<void> {
  const { call, directives } = exchange;
  const { cutAfter, errorAfter, stallAfter, gapMs = 0 } = directives;
  const options = request['stream_options'];
  const bill = (call.billed = { ...answer.bill, completion_tokens: 0, reasoning_tokens: 0 });
  if (directives.lose) {
    call.billed = answer.bill;
    return exchange.cut();
  }
  await exchange.startStream();

  let sent = 0;
  for (const { chunk, tokens } of toChunks(answer, isJson(options) && options['include_usage'] === true)) {
    if (sent === cutAfter) return exchange.cut();
    if (sent === errorAfter) return sendError(exchange, request.model);
    if (sent === stallAfter) return exchange.untilClosed();
    if (sent > 0) await exchange.sleep(gapMs);
    if (exchange.gone) return;
    if (directives.comment) await exchange.write(': keep-alive\n\n');
    if (directives.garbage && sent === 1) await exchange.write('data: {"id":"chatcmpl-\n\n');
    bill.completion_tokens += tokens;
    if (sent === 0) bill.reasoning_tokens = answer.bill.reasoning_tokens;
    const data = directives.lines ? JSON.stringify(chunk, null, 1).replaceAll('\n', '\ndata: ') : JSON.stringify(chunk);
    await exchange.write(`data: ${data}\n\n`);
    sent += 1;
  }
  if (sent === cutAfter) return exchange.cut();
  if (sent === errorAfter) return sendError(exchange, request.model);
  if (sent === stallAfter) return exchange.untilClosed();
  if (!directives.noDone) await exchange.write('data: [DONE]\n\n');
  await exchange.sleep(directives.endGapMs ?? 0);
  exchange.end();
}

async function sendError(exchange: Exchange, model: string): Promise<void> {
  await exchange.write(`data: ${JSON.stringify({ error: errorForStatus(500, model) })}\n\n`);
  exchange.end();
}

/** Words (or token numbers) of each input; undefined if it has none of the API's four forms. */
function embeddingInputs(input: unknown): string[][] | undefined {
  if (typeof input === 'string') return [input.match(/\S+/g) ?? []];
  if (!Array.isArray(input) || input.length === 0) return undefined;
  if (input.every((one) => typeof one === 'number')) return [input.map(String)];
  return input.map((one: unknown) => (Array.isArray(one) ? one.map(String) : (String(one).match(/\S+/g) ?? [])));
}

/** A bag of words with length 1, so that texts with common words are similar. */
function embed(words: string[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of words) {
    const slot = createHash('sha256').update(word.toLowerCase()).digest().readUInt32BE(0) % dimensions;
    vector[slot] = (vector[slot] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** The text that a rule's `prompt` is matched against, for chat, for Responses and for embeddings. */
export function promptOf(body: unknown): string {
  if (isJson(body) && Array.isArray(body['input'])) return lastUserText({ messages: body['input'] });
  if (isJson(body) && typeof body['input'] === 'string') return body['input'];
  return lastUserText(body);
}
