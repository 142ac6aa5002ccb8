import { Clock } from '../../common/clock';
import type { UsageFilter } from '../reports/report-span';
import { RoiService } from './roi.service';
import type { Savings, SavingsService } from './savings.service';

const TOTAL: Savings = {
  requests: 3,
  listCostPusd: 900n,
  costPusd: 300n,
  savedPusd: 600n,
  by: { cache: 600n, coalesced: 0n, dedupe: 0n, batch: 0n, prompt_cache: 0n, routing: 0n },
};

describe('RoiService', () => {
  let now: string;
  const filters: UsageFilter[] = [];

  class SetClock extends Clock {
    override now(): number {
      return Date.parse(now);
    }
  }

  const span: SavingsService['span'] = async (filter) => {
    filters.push(filter);
    return { models: [], total: TOTAL };
  };
  const roi = new RoiService({ span } as Pick<SavingsService, 'span'> as SavingsService, new SetClock());

  beforeEach(() => (filters.length = 0));

  it('covers the calendar month of the time zone, also with a clock change', async () => {
    now = '2026-12-01T00:00:00Z';
    await roi.of('team_1', '2026-11', 'Asia/Seoul');
    await roi.of(undefined, '2026-03', 'Europe/Berlin');
    expect(filters).toEqual([
      { team_id: 'team_1', from: new Date('2026-10-31T15:00:00Z'), to: new Date('2026-11-30T15:00:00Z') },
      { team_id: undefined, from: new Date('2026-02-28T23:00:00Z'), to: new Date('2026-03-31T22:00:00Z') },
    ]);
  });

  it('projects the current month in proportion to its elapsed time', async () => {
    now = '2026-11-11T00:00:00Z';
    expect(await roi.of('team_1', '2026-11', 'UTC')).toEqual({
      total: TOTAL,
      models: [],
      projected: { listCostPusd: 2_700n, costPusd: 900n },
    });
  });

  it.each(['2026-11-01T00:00:00Z', '2026-10-20T00:00:00Z', '2026-12-01T00:00:00Z'])(
    'has no projection for a month that has not begun or has ended: %s',
    async (time) => {
      now = time;
      expect((await roi.of('team_1', '2026-11', 'UTC')).projected).toBeUndefined();
    },
  );

  it('refuses an unknown time zone', async () => {
    const error = { code: 'invalid_request', param: 'timezone' };
    await expect(roi.of('team_1', '2026-11', 'Mars/Olympus')).rejects.toMatchObject(error);
  });
});
