import type { JsonRecord } from '@thriftgate/providers';
import type { CacheHit } from '../../cache/response-cache.service';
import type { FlightSource, FlightResult, SharedAnswer } from '../../single-flight/flight-result';

/** The usage that {@link aCompletion} and {@link sse} tell: 5 tokens of input and 7 of output, at 10 and 100 pico-dollars. */
export const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
export const USAGE_TOKENS = { inputTokens: 5, cachedInputTokens: 0, outputTokens: 7, reasoningTokens: 0 };
export const USAGE_PUSD = 750n;

/** A whole answer as the upstream gives it. */
export function aCompletion(members: JsonRecord = {}): string {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
  return JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'gpt-4.1-2026',
    choices,
    usage: USAGE,
    ...members,
  });
}

export function aSharedAnswer(members: Partial<SharedAnswer> = {}): SharedAnswer {
  return {
    body: Buffer.from(aCompletion()),
    usage: USAGE_TOKENS,
    listCostPusd: USAGE_PUSD,
    costPusd: USAGE_PUSD,
    provider: 'openai',
    upstreamModel: 'gpt-4.1-2026',
    ...members,
  };
}

/** The same answer out of the cache. */
export function aCacheHit(): CacheHit {
  const entry = {
    ...aSharedAnswer(),
    systemFingerprint: undefined,
    createdAt: 0,
    ttlSeconds: 60,
    teamId: 'team_1',
    tags: [],
    askedAt: 0,
    rulesSeen: 0,
  };
  return { entry, ageSeconds: 1, ttlSeconds: 60 };
}

/** The events of a stream, as the upstream writes them. */
export const sse = {
  role: () => event(chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])),
  content: (content = 'a') => event(chunk([{ index: 0, delta: { content }, finish_reason: null }])),
  stop: () => event(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])),
  usage: () => event(chunk([], { usage: USAGE })),
  error: (error: JsonRecord = { message: 'Overloaded', type: 'server_error', code: null }) => event({ error }),
  comment: (text = 'ping') => `:${text}\n\n`,
  done: () => 'data: [DONE]\n\n',
};

/** A stream that ends well. */
export function aStream(content = 'Hi'): string {
  return sse.role() + sse.content(content) + sse.stop() + sse.usage() + sse.done();
}

function chunk(choices: JsonRecord[], members: JsonRecord = {}): JsonRecord {
  return { id: 'c', object: 'chat.completion.chunk', model: 'gpt-4.1-2026', choices, ...members };
}

function event(data: JsonRecord): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** All texts of a stream and the value of its last step. */
export async function readToEnd<End>(texts: {
  next(): Promise<IteratorResult<string, End>>;
}): Promise<{ text: string; end: End }> {
  let text = '';
  for (;;) {
    const step = await texts.next();
    if (step.done) return { text, end: step.value };
    text += step.value;
  }
}

/** A source of given texts and a given end, which counts how often it was returned. */
export class ScriptedSource implements FlightSource {
  returns = 0;

  constructor(
    private readonly texts: string[],
    private readonly end: FlightResult | undefined | Error,
  ) {}

  async next(): Promise<IteratorResult<string, FlightResult | undefined>> {
    const text = this.texts.shift();
    if (text !== undefined) return { done: false, value: text };
    if (this.end instanceof Error) throw this.end;
    return { done: true, value: this.end };
  }

  async return(): Promise<void> {
    this.returns += 1;
  }
}
