import { Clock } from '../common/clock';
import type { Journal } from './journal/journal.service';
import { type IntentEntry, LedgerService, type Outcome } from './ledger.service';

const INTENT: IntentEntry = {
  request_id: '01JABC',
  attempt: 1,
  team_id: 'team_1',
  key_id: 'key_1',
  model: 'm"odel',
  provider: 'openai',
  upstream_model: 'gpt',
  endpoint: '/v1/chat/completions',
  stream: false,
  cache_status: 'MISS',
  question: null,
  charged: null,
  price_id: null,
  cache_generation: 1,
  batch_id: 'batch_1',
  custom_id: 'line "1"',
  tags: ['a', 'b\\u0000 \\ud800'],
};

const OUTCOME: Outcome = {
  state: 'settled',
  status: 200,
  upstreamModel: 'gpt-2026',
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  listCostPusd: 10n,
  costPusd: 7n,
  savedBy: 'prompt_cache',
  estimated: false,
  errorCode: null,
  uncached: null,
  latencyMs: 5,
  ttftMs: null,
};

describe('the ledger', () => {
  const lines: { key: string; json: string }[] = [];
  const journal = {
    owner: { kind: 'instance', id: 'instance_1' },
    append: (key: string, json: string) => Promise.resolve(void lines.push({ key, json })),
    end: (key: string, json: string) => Promise.resolve(void lines.push({ key, json })),
  } as unknown as Journal;
  const ledger = new LedgerService(journal, new Clock());

  beforeEach(() => void lines.splice(0));

  it('writes the intent with its hold, then the outcome of the same row', async () => {
    await ledger.settle(await ledger.open(INTENT, 12, 99n), OUTCOME);
    expect(lines.map(({ key }) => key)).toEqual(['01JABC.1', '01JABC.1']);
    const [intent, end] = lines.map(({ json }) => JSON.parse(json));
    expect(intent).toMatchObject({
      state: 'dispatched',
      model: 'm"odel',
      custom_id: 'line "1"',
      input_tokens: 12,
      cost_pusd: '99',
      estimated: true,
    });
    expect(end).toMatchObject({
      state: 'settled',
      list_cost_pusd: '10',
      cost_pusd: '7',
      saved_pusd: '3',
      saved_by: 'prompt_cache',
      owner: 'instance_1',
    });
    expect(end.created_at).toBe(intent.created_at);
    expect(end.tags).toEqual(INTENT.tags);
  });

  it.each([
    ['half of a surrogate pair, the second', 'a\udc00b', 'a\uFFFDb'],
    ['half of a surrogate pair, the first', 'a\ud800b', 'a\uFFFDb'],
    ['NUL', 'a\0b', 'a\uFFFDb'],
    ['a pair that the bound of the length cuts in two', `${'x'.repeat(1023)}😀`, `${'x'.repeat(1023)}\uFFFD`],
    ['a text without an end', '긴'.repeat(100_000), '긴'.repeat(1024)],
    ['a pair', '😀', '😀'],
  ])('A3: mends text wherever it enters a row: %s', async (_what, sent, stored) => {
    const intent = {
      ...INTENT,
      model: sent,
      provider: sent,
      upstream_model: sent,
      custom_id: sent,
      tags: [sent, 'ok'],
    };
    await ledger.settle(await ledger.open(intent, 1, 1n), { ...OUTCOME, upstreamModel: sent, errorCode: sent });
    const texts = { model: stored, provider: stored, upstream_model: stored, custom_id: stored, tags: [stored, 'ok'] };
    const [open, end] = lines.map(({ json }) => JSON.parse(json));
    expect(open).toMatchObject(texts);
    expect(end).toMatchObject({ ...texts, error_code: stored });
  });

  it.each([
    [1e300, 2_147_483_647],
    [Infinity, 2_147_483_647],
    [1.9, 1],
    [-5, 0],
    [NaN, 0],
  ])('A1: bounds numbers that no integer column takes: %p', async (sent, stored) => {
    const usage = {
      inputTokens: sent,
      cachedInputTokens: sent,
      cacheWriteTokens: sent,
      outputTokens: sent,
      reasoningTokens: sent,
    };
    await ledger.settle(await ledger.open(INTENT, sent, 10n ** 40n), {
      ...OUTCOME,
      usage,
      latencyMs: sent,
      ttftMs: sent,
      listCostPusd: 10n ** 40n,
      costPusd: -1n,
    });
    const [open, end] = lines.map(({ json }) => JSON.parse(json));
    expect(open).toMatchObject({ input_tokens: stored, cost_pusd: '9223372036854775807' });
    expect(end).toMatchObject({
      input_tokens: stored,
      cached_input_tokens: stored,
      cache_write_tokens: stored,
      output_tokens: stored,
      reasoning_tokens: stored,
      latency_ms: stored,
      ttft_ms: stored,
      list_cost_pusd: '9223372036854775807',
      cost_pusd: '0',
      saved_pusd: '9223372036854775807',
    });
  });
});
