import { chatCompletions, type JsonRecord, type UpstreamCall } from '@thriftgate/providers';
import type { Budget } from '../../budgets/budget';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import { BudgetWindow } from '../../budgets/holds/budget-window';
import { parseCacheControls } from '../../cache/controls/cache-controls';
import type { Caller } from '../../common/caller';
import { FakeSignal } from './fake-signal';
import { aModel } from '../../models/testing/a-model';
import type { Price } from '../../pricing/price';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { Call } from '../call';
import { FailedCosts } from '../failed-costs';
import type { PreparedCall } from '../prepared-call';

export { aDeployment, aModel } from '../../models/testing/a-model';

export const CALLER: Caller = { role: 'member', teamId: 'team_1', keyId: 'key_1', models: null, rpmLimit: null };

/** Ten pico-dollars a token of input, two where it was cached, a hundred a token of output. */
export function aPrice(members: Partial<Price> = {}): Price {
  return {
    id: null,
    inputPusd: 10n,
    cachedInputPusd: 2n,
    cacheWritePusd: 10n,
    outputPusd: 100n,
    reasoningPusd: 100n,
    tiers: [],
    batch: undefined,
    estimated: false,
    ...members,
  };
}

export function aBudget(members: Partial<Budget> = {}): Budget {
  return {
    id: 'budget_1',
    teamId: 'team_1',
    keyId: null,
    limitPusd: 1_000_000n,
    window: 'total',
    timezone: 'UTC',
    action: 'block',
    downgradeTo: null,
    thresholds: [],
    ...members,
  };
}

/** The error of a call that such a budget has no room for. */
export function budgetExceeded(members: Partial<Budget> = {}): BudgetExceededError {
  return new BudgetExceededError(new BudgetWindow(aBudget(members), { startMs: 0, endMs: Infinity }), 2_000_000n);
}

/** A chat completion. @param body members of its JSON body */
export function aCall(body: JsonRecord = {}, members: Partial<Call> = {}): Call {
  const read = chatCompletions.read({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }], ...body });
  return {
    requestId: '01JD000000000000000000000A',
    caller: CALLER,
    endpoint: chatCompletions,
    request: read.request,
    body: read.body,
    headers: undefined,
    tags: [],
    batch: undefined,
    failedCosts: new FailedCosts(),
    signal: new FakeSignal(),
    startedAt: Date.UTC(2026, 0, 1),
    ...members,
  };
}

export function aPreparedCall(call: Call = aCall(), members: Partial<PreparedCall> = {}): PreparedCall {
  const model = members.model ?? aModel();
  return {
    call,
    model,
    controls: parseCacheControls(call.body),
    slot: {
      key: `ai_cache:team_1:${model.name}:1:${'ab'.repeat(32)}`,
      model,
      scope: { id: 'team_1' },
      generation: 1,
      ttlSeconds: 3600,
      maxTtlSeconds: Infinity,
      askedAt: call.startedAt,
      rulesSeen: 0,
      strict: false,
    },
    ...members,
  };
}

export function aResolvedCall(call: Call = aCall(), members: Partial<ResolvedCall> = {}): ResolvedCall {
  return {
    ...aPreparedCall(call, members),
    cacheStatus: 'MISS',
    store: true,
    flight: undefined,
    signal: call.signal,
    ...members,
  };
}

export function anUpstreamCall(body: UpstreamCall['body']): UpstreamCall {
  return { body, upstreamModel: 'gpt-4.1', stream: true, requestId: 'req_1', baseUrl: 'http://up/v1' };
}
