import { filtersOf } from './query-filters';
import { parseQuery } from './query-terms';

const read = (text: string) => filtersOf(parseQuery(text).terms, [{ id: 'team_1', name: '검색' }]);

describe('a filter as the gateway takes it', () => {
  it('has a member for each term', () => {
    expect(read('team:검색 model:gpt-4.1 status:429,5xx stream:no saved:batch id:01KAS5T9*')).toEqual({
      team_id: 'team_1',
      model: 'gpt-4.1',
      status: ['429', '5xx'],
      stream: false,
      saved_by: ['batch'],
      request_id: '01KAS5T9*',
    });
  });

  it('asks for all other words where some are excluded', () => {
    expect(read('-cache:HIT,COALESCED')).toEqual({ cache_status: ['MISS', 'BYPASS', 'REFRESH'] });
  });

  it('has costs and times as numbers of one unit', () => {
    expect(read('cost:>=$0.05 latency:2s')).toEqual({ min_cost_usd: '0.05', min_latency_ms: 2000 });
  });
});
