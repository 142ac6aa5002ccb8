import type { CreateBatch } from '@thriftgate/contracts';
import { CALLER } from '../../calls/testing/builders';
import { Clock } from '../../common/clock';
import type { GatewayConfig } from '../../config/gateway-config';
import type { ReportsService } from '../../usage/reports/reports.service';
import type { BatchInputService } from '../input/batch-input.service';
import type { StoredLine } from '../lines/line-calls.service';
import { BatchQuotes } from './batch-quotes.service';
import type { LinePlanner } from './line-planner.service';
import type { LineQuotes } from './line-quotes.service';

/** The numbers of lines that are looked up at once, of a batch with bodies of these lengths. */
async function pagesOf(lengths: readonly number[]): Promise<number[]> {
  const pages: number[] = [];
  const lines = {
    look: async (page: readonly StoredLine[]) => {
      pages.push(page.length);
      return page.map(() => undefined);
    },
  };
  const inputs = {
    accept: async () => ({ lines: lengths.length }),
    discard: async () => undefined,
    read: async function* () {
      for (const [index, length] of lengths.entries())
        yield { line: index + 1, customId: `${index}`, url: '/v1/chat/completions', body: 'x'.repeat(length) };
    },
  };
  const quotes = new BatchQuotes(
    inputs as unknown as BatchInputService,
    lines as unknown as LinePlanner,
    {} as LineQuotes,
    { usage: async () => ({ data: [] }) } as unknown as ReportsService,
    { batch: { concurrency: 1 } } as GatewayConfig,
    new Clock(),
  );
  await quotes.quote(CALLER, { completion_window: '24h' } as CreateBatch);
  return pages;
}

describe('a quote of a batch', () => {
  it('A5: looks up a megabyte of lines at once, and 200 at most', async () => {
    expect(await pagesOf(Array.from({ length: 450 }, () => 10))).toEqual([200, 200, 50]);
    expect(await pagesOf(Array.from({ length: 5 }, () => 600_000))).toEqual([2, 2, 1]);
  });
});
