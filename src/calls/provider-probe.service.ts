import { Injectable } from '@nestjs/common';
import { chatCompletions, isSuccess, UpstreamTransportError } from '@thriftgate/providers';
import { parseCacheControls } from '../cache/controls/cache-controls';
import { ResponseCache } from '../cache/response-cache.service';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import { newRequestId } from '../common/ids';
import type { PicoUsd } from '../common/money';
import type { Deployment, Model } from '../models/model';
import type { ConfiguredProvider } from '../providers/provider';
import { AttemptFailure } from '../routing/attempt-failure';
import { AttemptsService } from './attempts/attempts.service';
import { authorised } from './attempts/exchange';
import { FailedCosts } from './failed-costs';
import type { ResolvedCall } from './attempts/resolved-call';
import { TEST_TAG } from './tags';

const OK = 200;
const TIMEOUT_MS = 30_000;
const QUESTION = 'Reply with OK.';
const MAX_TOKENS = 16;

/** What a provider answered to a test. */
export interface ProbeResult {
  /** Null where there was no HTTP response. */
  status: number | null;
  /** Null where the provider answered. */
  error: string | null;
  /** How many models its list has; null where it was not read. */
  models: number | null;
  costPusd: PicoUsd;
}

/** Asks a provider once, apart from the routing: a provider that is switched off can be tested, and no breaker counts it. */
@Injectable()
export class ProviderProbe {
  constructor(
    private readonly attempts: AttemptsService,
    private readonly cache: ResponseCache,
    private readonly clock: Clock,
  ) {}

  /** Reads the provider's list of models, which costs nothing. */
  async listModels(provider: ConfiguredProvider): Promise<ProbeResult> {
    const { api, transport, baseUrl } = provider;
    if (!api.models) {
      const error = 'The provider has no list of models. Name a model in `model` to test it.';
      return { status: null, error, models: null, costPusd: 0n };
    }
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await transport.send(authorised(api.models(baseUrl), provider), { signal });
      const body = (await response.readAll()).toString();
      const { status, headers } = response;
      if (isSuccess(status)) return { status, error: null, models: countModels(body), costPusd: 0n };
      const [translator] = Object.values(api.translators);
      const error = translator?.toError({ status, headers, body, receivedAt: this.clock.now() });
      return { status, error: error?.message ?? `The provider answered with ${status}.`, models: null, costPusd: 0n };
    } catch (error) {
      if (!(error instanceof UpstreamTransportError)) throw error;
      return { status: null, error: error.message, models: null, costPusd: 0n };
    }
  }

  /**
   * Asks one of its models for a few tokens. The attempt is in the ledger.
   *
   * @throws GatewayError where a budget has no room, or the journal cannot be written
   */
  async askModel(provider: ConfiguredProvider, upstreamModel: string, caller: Caller): Promise<ProbeResult> {
    const resolved = this.testCall(provider, upstreamModel, caller);
    const [deployment] = resolved.model.deployments as [Deployment];
    try {
      const result = await this.attempts.run(resolved, { deployment, provider, number: 1 }, () => undefined);
      const costPusd = result.kind === 'json' ? result.answer.costPusd : 0n;
      return { status: OK, error: null, models: null, costPusd };
    } catch (error) {
      if (!(error instanceof AttemptFailure)) throw error;
      return { status: error.upstreamStatus ?? null, error: error.message, models: null, costPusd: 0n };
    }
  }

  private testCall({ name }: ConfiguredProvider, upstreamModel: string, caller: Caller): ResolvedCall {
    const messages = [{ role: 'user', content: QUESTION }];
    const { body, request } = chatCompletions.read({
      model: upstreamModel,
      messages,
      max_completion_tokens: MAX_TOKENS,
    });
    const model = modelAt(name, upstreamModel);
    const controls = { ...parseCacheControls(body), read: false, write: false };
    const slot = this.cache.slotFor(model, { id: caller.teamId }, chatCompletions, body, controls);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const call = {
      requestId: newRequestId(),
      caller,
      endpoint: chatCompletions,
      request,
      body,
      headers: undefined,
      tags: [TEST_TAG],
      batch: undefined,
      failedCosts: new FailedCosts(),
      signal,
      startedAt: this.clock.now(),
    };
    return { call, model, controls, slot, cacheStatus: 'BYPASS', store: false, flight: undefined, signal };
  }
}

/** A model of one deployment, which no application knows. */
function modelAt(provider: string, upstreamModel: string): Model {
  const id = `${provider}/${upstreamModel}`;
  const deployment = { id, publicName: upstreamModel, provider, upstreamModel, priority: 1, weight: 1, maxParallel: 1 };
  return {
    name: upstreamModel,
    ownedBy: provider,
    deployments: [deployment],
    family: upstreamModel,
    target: id,
    cache: { ttlSeconds: 1, storeToolCalls: false, ignoreFingerprint: true },
    maxOutputTokens: undefined,
    reasons: false,
  };
}

/** OpenAI and Anthropic have `data`, Gemini `models`, some servers a list alone. */
function countModels(body: string): number | null {
  try {
    const parsed = JSON.parse(body) as { data?: unknown; models?: unknown } | null;
    const list = [parsed, parsed?.data, parsed?.models].find((each) => Array.isArray(each));
    return Array.isArray(list) ? list.length : null;
  } catch {
    return null;
  }
}
