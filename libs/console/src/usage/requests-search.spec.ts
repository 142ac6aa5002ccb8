import type { UsageRow } from '@thriftgate/contracts';
import { requestsSearch } from './requests-search';
import { readUsage } from './usage-search';

describe('the requests behind a row of usage', () => {
  it('are those of its groups and of the filters', () => {
    const state = readUsage({ by: ['model', 'cache_status'], provider: ['openai', 'backup'], status: '5xx' });
    const row = { model: 'gpt-4.1', cache_status: 'MISS' } as UsageRow;
    expect(requestsSearch(state, row).q).toBe('model:gpt-4.1 provider:openai,backup cache:MISS status:5xx');
  });

  it('have names with spaces and quotes in quotes', () => {
    const row = { tag: 'two "words"', team: 'team_1' } as UsageRow;
    expect(requestsSearch(readUsage({ by: ['tag', 'team'] }), row).q).toBe(String.raw`team:team_1 tag:"two \"words\""`);
  });

  it('are not narrowed by what the log cannot filter by', () => {
    const state = readUsage({ model: ['a', 'b'], not_tag: 'c', by: 'key' });
    expect(requestsSearch(state, { key: 'key_1', others: 3 } as UsageRow).q).toBe('key:key_1');
    expect(requestsSearch(readUsage({ not_cache_status: 'HIT', by: 'provider' }), {} as UsageRow).q).toBe('-cache:HIT');
  });
});
