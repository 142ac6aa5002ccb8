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
  inputTokens: 1,
  cacheWriteTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 2,
  reasoningTokens: 0,
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
    epoch: 'epoch_1',
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
      epoch: 'epoch_1',
    });
    expect(end.created_at).toBe(intent.created_at);
    expect(end.tags).toEqual(INTENT.tags);
  });

  it('replaces what no text column of the database takes', async () => {
    await ledger.record({ ...INTENT, custom_id: 'x\0y', tags: ['\ud800', 'ok'] }, { ...OUTCOME, upstreamModel: '\0' });
    expect(JSON.parse(lines[0]?.json ?? '')).toMatchObject({
      custom_id: 'x\uFFFDy',
      tags: ['\uFFFD', 'ok'],
      upstream_model: '\uFFFD',
    });
  });
});
