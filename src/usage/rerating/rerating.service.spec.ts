import fc from 'fast-check';
import type { ModelRegistry } from '../../models/model-registry.service';
import { costOf, type Price } from '../../pricing/price';
import type { PriceBook } from '../../pricing/price-book.service';
import type { Journal } from '../../ledger/journal/journal.service';
import type { LedgerRepository } from '../../ledger/ledger.repository';
import type { RatedFilter, RatedRow, ReratingRepository } from './rerating.repository';
import { ReratingService } from './rerating.service';

const priceOf = (inputPusd: bigint, outputPusd: bigint, estimated = false): Price => ({
  id: 'price_1',
  inputPusd,
  cachedInputPusd: inputPusd / 4n,
  cacheWritePusd: inputPusd,
  outputPusd,
  reasoningPusd: outputPusd,
  tiers: [],
  batch: undefined,
  estimated,
});
const PERIOD: RatedFilter = { from: new Date(0), to: new Date(10) };

/** The members of a ledger row that are summed. */
interface Correction {
  request_id: string;
  attempt: number;
  corrects: number;
  list_cost_pusd: string;
  cost_pusd: string;
  saved_pusd: string;
}

/** A ledger in memory that stores each key once. */
class Ledger {
  readonly corrections = new Map<string, Correction>();
  price = priceOf(0n, 0n);

  constructor(readonly rows: RatedRow[]) {}

  page(after: { requestId: string }, limit: number): RatedRow[] {
    const rows = this.rows.filter((row) => row.request_id > after.requestId).slice(0, limit);
    return rows.map((row) => {
      const done = this.correctionsOf(row);
      return {
        ...row,
        corrections: done.length,
        corrected_list_pusd: done.reduce((sum, each) => sum + BigInt(each.list_cost_pusd), row.list_cost_pusd),
        corrected_cost_pusd: done.reduce((sum, each) => sum + BigInt(each.cost_pusd), row.cost_pusd),
      };
    });
  }

  write(texts: Buffer[]): void {
    for (const row of texts.map((text) => JSON.parse(text.toString()) as Correction)) {
      const key = `${row.request_id}.${row.attempt}`;
      if (!this.corrections.has(key)) this.corrections.set(key, row);
    }
  }

  correctionsOf(row: RatedRow): Correction[] {
    return [...this.corrections.values()].filter((each) => each.request_id === row.request_id);
  }

  booked(): { listPusd: bigint; costPusd: bigint }[] {
    return this.page({ requestId: '' }, Infinity).map((row) => ({
      listPusd: row.corrected_list_pusd,
      costPusd: row.corrected_cost_pusd,
    }));
  }

  service(readAt: (rows: RatedRow[]) => Promise<RatedRow[]> = (rows) => Promise.resolve(rows)): ReratingService {
    return new ReratingService(
      {
        page: (_filter: RatedFilter, after: { requestId: string }, limit: number) => readAt(this.page(after, limit)),
      } as Pick<ReratingRepository, 'page'> as ReratingRepository,
      { write: (texts: Buffer[]) => Promise.resolve(this.write(texts)) } as Pick<
        LedgerRepository,
        'write'
      > as LedgerRepository,
      {
        at: () => this.price,
        batchDiscountOf: (provider: string) =>
          provider === 'openai' ? { millionths: 500_000, stacks: true } : undefined,
      } as Pick<PriceBook, 'at' | 'batchDiscountOf'> as PriceBook,
      { resolve: () => undefined } as Pick<ModelRegistry, 'resolve'> as ModelRegistry,
      { instanceId: 'instance_1' } as Journal,
    );
  }
}

const tokens = fc.nat(1_000_000);
const pusd = fc.bigInt({ min: 0n, max: 10n ** 12n });
const price = fc.tuple(pusd, pusd).map(([input, output]) => priceOf(input, output));
const ledger = fc
  .array(
    fc.record({
      input_tokens: tokens,
      output_tokens: tokens,
      list_cost_pusd: pusd,
      cost_pusd: pusd,
      cache_status: fc.constantFrom('MISS', 'HIT'),
    }),
    { maxLength: 20 },
  )
  .map((rows) => new Ledger(rows.map(rowOf)));

function rowOf(members: Partial<RatedRow>, index: number): RatedRow {
  return {
    request_id: String(index).padStart(4, '0'),
    attempt: 1,
    team_id: 'team_1',
    model: 'm',
    provider: 'openai',
    upstream_model: 'm-1',
    cached_input_tokens: 0,
    cache_write_tokens: null,
    reasoning_tokens: 0,
    saved_by: null,
    estimated: false,
    rated: null,
    created_at: new Date(1),
    ...members,
    cost_pusd: members.cache_status === 'HIT' ? 0n : members.cost_pusd,
  } as RatedRow;
}

/** The costs of the rows when they are first rated at the price. */
function fresh({ rows, price: now }: Ledger): { listPusd: bigint; costPusd: bigint }[] {
  return rows.map((row) => {
    const cost = costOf(
      {
        inputTokens: row.input_tokens,
        cachedInputTokens: 0,
        outputTokens: row.output_tokens,
        reasoningTokens: 0,
      },
      now,
    );
    return row.cache_status === 'HIT' ? { ...cost, costPusd: 0n } : cost;
  });
}

describe('re-rating of lines that a vendor ran in its batch', () => {
  const line = { input_tokens: 10, output_tokens: 5, saved_by: 'batch', list_cost_pusd: 20n, cost_pusd: 10n } as const;

  it('keeps the discount of batches, and the list price of live calls', async () => {
    const books = new Ledger([rowOf(line, 0)]);
    books.price = priceOf(4n, 8n);
    expect(await books.service().rerate(PERIOD, false)).toMatchObject({ corrected: 1, inexact: 0 });
    expect(books.booked()).toEqual([{ listPusd: 80n, costPusd: 40n }]);
    expect(await books.service().rerate(PERIOD, false)).toMatchObject({ corrected: 0 });
  });

  it('keeps the price of the tier in which a line ran live, and the list price without it', async () => {
    const books = new Ledger([rowOf({ ...line, rated: { service_tier: 'flex' } }, 0)]);
    books.price = { ...priceOf(4n, 8n), serviceTiers: { flex: priceOf(1n, 2n) } };
    await books.service().rerate(PERIOD, false);
    expect(books.booked()).toEqual([{ listPusd: 80n, costPusd: 20n }]);
  });

  it('changes nothing where a line waited for hours that cost less', async () => {
    const books = new Ledger([rowOf(line, 0)]);
    books.price = { ...priceOf(4n, 8n), offPeak: { windows: [], rates: { ...priceOf(2n, 4n) } } };
    expect(await books.service().rerate(PERIOD, false)).toMatchObject({ corrected: 0, inexact: 1 });
  });

  it('changes nothing where the provider of the batch is gone', async () => {
    const books = new Ledger([rowOf({ ...line, provider: 'gone' }, 0)]);
    books.price = priceOf(4n, 8n);
    expect(await books.service().rerate(PERIOD, false)).toMatchObject({ corrected: 0, inexact: 1 });
  });
});

describe('re-rating of a period', () => {
  it('reaches the sums of a first rating after any number of price changes, and books nothing when it runs again', async () => {
    await fc.assert(
      fc.asyncProperty(ledger, fc.array(price, { minLength: 1, maxLength: 4 }), async (books, prices) => {
        for (const each of prices) {
          books.price = each;
          await books.service().rerate(PERIOD, false);
          expect(books.booked()).toEqual(fresh(books));
          const again = await books.service().rerate(PERIOD, false);
          expect(again).toMatchObject({ corrected: 0, listChangePusd: 0n, costChangePusd: 0n });
        }
        for (const row of books.corrections.values()) {
          expect(BigInt(row.saved_pusd)).toBe(BigInt(row.list_cost_pusd) - BigInt(row.cost_pusd));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('returns the same result in a dry run, and writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(ledger, price, async (books, now) => {
        books.price = now;
        const dryRun = await books.service().rerate(PERIOD, true);
        expect(books.corrections.size).toBe(0);
        expect(await books.service().rerate(PERIOD, false)).toEqual(dryRun);
      }),
      { numRuns: 50 },
    );
  });

  it('corrects each attempt once when two run at the same time', async () => {
    const books = new Ledger([0, 1, 2].map((index) => rowOf({ input_tokens: 10, output_tokens: 5 }, index)));
    for (const row of books.rows) Object.assign(row, { list_cost_pusd: 99n, cost_pusd: 99n });
    books.price = priceOf(3n, 4n);
    let readers = 0;
    let bothHaveRead = () => {};
    const both = new Promise<void>((done) => (bothHaveRead = done));
    // Both read the same rows before one of them writes.
    const readAt = async (rows: RatedRow[]) => {
      readers += 1;
      if (readers === 2) bothHaveRead();
      await both;
      return rows;
    };
    await Promise.all([books.service(readAt).rerate(PERIOD, false), books.service(readAt).rerate(PERIOD, false)]);
    expect(books.corrections.size).toBe(3);
    expect(books.booked()).toEqual(fresh(books));
  });

  it('does not change attempts without a known price', async () => {
    const books = new Ledger([rowOf({ input_tokens: 10, output_tokens: 5, list_cost_pusd: 7n, cost_pusd: 7n }, 0)]);
    books.price = priceOf(10n ** 9n, 10n ** 9n, true);
    expect(await books.service().rerate(PERIOD, false)).toMatchObject({ lookedAt: 1, corrected: 0, unpriced: 1 });
    expect(books.booked()).toEqual([{ listPusd: 7n, costPusd: 7n }]);
  });

  it.each([{ unknown: true }, { at_worst: true }])(
    'counts rows that lack what their price depends on: %j',
    async (rated) => {
      const books = new Ledger([
        rowOf({ rated, input_tokens: 10, output_tokens: 5, list_cost_pusd: 7n, cost_pusd: 7n }, 0),
      ]);
      books.price = priceOf(3n, 4n);
      expect(await books.service().rerate(PERIOD, false)).toMatchObject({ lookedAt: 1, corrected: 0, inexact: 1 });
      expect(books.booked()).toEqual([{ listPusd: 7n, costPusd: 7n }]);
    },
  );
});
