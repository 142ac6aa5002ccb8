import type { JsonRecord } from '@thriftgate/providers';
import type { Budget } from '../../budgets/budget';
import type { BudgetDirectory } from '../../budgets/budget-directory.service';
import { BudgetRefusals } from '../../budgets/budget-refusals.service';
import type { HoldsService } from '../../budgets/holds/holds.service';
import type { Price } from '../../pricing/price';
import type { PriceBook } from '../../pricing/price-book.service';
import { aProvider } from '../../providers/testing/a-provider';
import { TokenEstimator } from '../../pricing/token-estimator.service';
import { aBudget, aCall, aDeployment, aModel, aPrice, aResolvedCall } from '../testing/builders';
import { CallLedger } from '../testing/call-ledger';
import { FakeClock } from '../testing/fake-clock';
import { NotedHold } from '../testing/started-attempt';
import { AdmissionService } from './admission.service';

const BUDGET = aBudget();
const BODY = JSON.stringify({ model: 'gpt-4.1', text: '안녕' });

function setUp({ budgets = [BUDGET], price = aPrice() }: { budgets?: Budget[]; price?: Price } = {}) {
  const ledger = new CallLedger();
  const clock = new FakeClock();
  const hold = new NotedHold();
  const taken: Parameters<HoldsService['take']>[] = [];
  const steps: string[] = [];
  const priced: string[] = [];
  const open = ledger.open.bind(ledger);
  ledger.open = (...args) => {
    steps.push('intent');
    return open(...args);
  };
  const holds = {
    take: async (...args: Parameters<HoldsService['take']>) => {
      steps.push('hold');
      taken.push(args);
      return hold;
    },
  };
  const priceOf = ({ upstreamModel }: { upstreamModel: string }) => {
    priced.push(upstreamModel);
    return price;
  };
  const prices = { of: priceOf, ofCall: priceOf };
  const admission = new AdmissionService(
    prices as Pick<PriceBook, 'of' | 'ofCall'> as PriceBook,
    { of: () => budgets } as Pick<BudgetDirectory, 'of'> as BudgetDirectory,
    holds as Pick<HoldsService, 'take'> as HoldsService,
    new BudgetRefusals(),
    ledger.asService(),
    new TokenEstimator(),
    clock,
  );
  return { admission, ledger, clock, hold, holds, taken, steps, priced };
}

const admit = ({ admission }: ReturnType<typeof setUp>, resolved = aResolvedCall(), requestBody = BODY, number = 1) =>
  admission.admit(resolved, { deployment: aDeployment(), provider: aProvider(), number }, requestBody);

describe('the admission of an attempt', () => {
  it('holds the worst cost in every budget, and writes the same into the intent', async () => {
    const setting = setUp({ budgets: [BUDGET, { ...BUDGET, id: 'budget_2' }] });
    const started = await admit(setting);
    // A token is at least a byte; the model writes at most 100 tokens.
    const worstPusd = BigInt(Buffer.byteLength(BODY)) * 10n + 100n * 100n;
    expect(setting.taken).toEqual([[[BUDGET, { ...BUDGET, id: 'budget_2' }], worstPusd, true, undefined]]);
    expect(setting.ledger.opened[0]?.open).toMatchObject({ inputTokens: Buffer.byteLength(BODY), holdPusd: worstPusd });
    expect(started).toMatchObject({ hold: setting.hold, number: 1, startedAt: setting.clock.nowMs });
  });

  it('R19: holds at the price of a dearer tier that the call requests', async () => {
    const setting = setUp({ budgets: [BUDGET] });
    await admit(setting, aResolvedCall(aCall({ service_tier: 'priority' })));
    const worstPusd = BigInt(Buffer.byteLength(BODY)) * 20n + 100n * 200n;
    expect(setting.taken[0]?.[1]).toBe(worstPusd);
  });

  it('holds at the dearest prices that the tokens may come to', async () => {
    const tier = { ...aPrice({ inputPusd: 40n, cacheWritePusd: 50n, outputPusd: 300n }), aboveInputTokens: 1_000 };
    const setting = setUp({ price: aPrice({ tiers: [tier], reasoningPusd: 400n }) });
    await admit(setting);
    expect(setting.taken[0]?.[1]).toBe(BigInt(Buffer.byteLength(BODY)) * 50n + 100n * 400n);
  });

  it('says the likely cost in the intent where no budget applies, and holds nothing', async () => {
    const setting = setUp({ budgets: [] });
    const started = await admit(setting);
    expect([setting.taken.length, started.hold]).toEqual([0, undefined]);
    const inputTokens = Math.ceil(BODY.length / 4);
    const holdPusd = BigInt(inputTokens) * 10n + 100n * 100n;
    expect(setting.ledger.opened[0]?.open).toMatchObject({ inputTokens, holdPusd });
  });

  it('counts the call’s own limit for each of its choices', async () => {
    const setting = setUp();
    await admit(setting, aResolvedCall(aCall({ max_completion_tokens: 30, n: 4 })));
    expect(setting.taken[0]?.[1]).toBe(BigInt(Buffer.byteLength(BODY)) * 10n + 120n * 100n);
  });

  it('counts attachments by number and not by length', async () => {
    const setting = setUp();
    const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
    const call = aCall({ messages } as JsonRecord);
    const body = JSON.stringify(call.body);
    await admit(setting, aResolvedCall(call), body);
    const inputTokens = body.length - url.length + 50_000;
    expect(setting.ledger.opened[0]?.open.inputTokens).toBe(inputTokens);
  });

  it('takes the hold before it writes the intent, which names the windows that pay', async () => {
    const setting = setUp({ price: aPrice({ id: 'price_1' }) });
    const { hold } = setting;
    jest.spyOn(hold, 'charged', 'get').mockReturnValue(['budget_1@0']);
    await admit(setting, aResolvedCall(aCall({ stream: true }), { cacheStatus: 'REFRESH' }), BODY, 2);
    expect(setting.steps).toEqual(['hold', 'intent']);
    expect(setting.ledger.opened[0]?.intent).toMatchObject({
      request_id: '01JD000000000000000000000A',
      attempt: 2,
      team_id: 'team_1',
      provider: 'openai',
      upstream_model: 'gpt-4.1',
      endpoint: '/v1/chat/completions',
      stream: true,
      cache_status: 'REFRESH',
      price_id: 'price_1',
      charged: ['budget_1@0'],
    });
  });

  it('ends the hold at nothing where the journal refuses the intent', async () => {
    const setting = setUp();
    setting.ledger.refuses = true;
    await expect(admit(setting)).rejects.toMatchObject({ code: 'unavailable' });
    expect(setting.hold.ends).toEqual([0n]);
  });

  it('writes nothing where a budget has no room', async () => {
    const setting = setUp();
    const full = new Error('full');
    jest.spyOn(setting.holds, 'take').mockRejectedValue(full);
    await expect(admit(setting)).rejects.toBe(full);
    expect([setting.ledger.opened, setting.hold.ends]).toEqual([[], []]);
  });

  it('tells the budgets that the price is not known', async () => {
    const setting = setUp({ price: aPrice({ estimated: true }) });
    await admit(setting);
    expect(setting.taken[0]?.[2]).toBe(false);
  });

  it('lists a line of a batch at the price without a tier', async () => {
    const batch = { batchId: 'batch_1', customId: 'a', madeAtMs: 0 };
    const started = await admit(setUp(), aResolvedCall(aCall({ service_tier: 'flex' }, { batch })));
    expect([started.askedPrice, (await admit(setUp())).askedPrice]).toEqual([aPrice(), undefined]);
  });

  it('excuses the budget that sent the call to another model, and lists it at the price of the one asked for', async () => {
    const setting = setUp();
    const from = aModel({ name: 'o3', deployments: [aDeployment({ upstreamModel: 'o3' })] });
    const started = await admit(setting, aResolvedCall(aCall({}, { downgrade: { from, budgetId: 'budget_1' } })));
    expect(setting.taken[0]?.[3]).toBe('budget_1');
    expect(setting.priced).toEqual(['gpt-4.1', 'o3']);
    expect(started.askedPrice).toEqual(aPrice());
  });
});
