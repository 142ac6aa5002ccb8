import { Injectable } from '@nestjs/common';
import { type Endpoint, ENDPOINTS } from '@thriftgate/providers';
import { BudgetExceededError } from '../budgets/holds/budget-exceeded';
import { parseCacheControls, refreshCause } from '../cache/controls/cache-controls';
import { addDialectHeaders } from '../cache/controls/dialect-headers';
import { type CacheHit, ResponseCache } from '../cache/response-cache.service';
import { grantedControls } from '../cache/rules/granted-controls';
import { CacheMemory } from '../cache/stats/cache-memory.service';
import { CacheScopes } from '../cache/sharing/cache-scopes.service';
import { GatewayError } from '../common/errors';
import type { Model } from '../models/model';
import { ModelRegistry } from '../models/model-registry.service';
import { isStrict } from './attempts/exchange';
import type { Call, CallResponse } from './call';
import { attemptsUntil, fallbackCall, fallbacksOf } from './fallback';
import { Coalescing } from './coalescing/coalescing.service';
import { findStored, mayBeStored, noHits, partsOf } from './call-parts';
import { PartedCalls } from './parts/parted-calls.service';
import { isParted, type PreparedCall, statusWithoutHit } from './prepared-call';
import { CachedResponseService } from './responses/cached-response.service';

/** The pipeline of a call: prepare, look up in the cache, ask the upstream. A quote or a batch plan needs the first two. */
@Injectable()
export class CallsService {
  constructor(
    private readonly models: ModelRegistry,
    private readonly scopes: CacheScopes,
    private readonly cache: ResponseCache,
    private readonly memory: CacheMemory,
    private readonly cachedResponses: CachedResponseService,
    private readonly coalescing: Coalescing,
    private readonly parted: PartedCalls,
  ) {}

  /**
   * Answers a call, from the cache or from an upstream.
   *
   * @throws GatewayError before anything of the answer was sent
   */
  async complete(call: Call): Promise<CallResponse> {
    const prepared = this.prepare(call);
    const hits = this.mayHit(prepared) ? await findStored(this.cache, prepared) : noHits(prepared);
    const isWhole = hits.every((hit) => hit !== undefined);
    const response = isWhole ? await this.respond(prepared, hits) : await this.ask(prepared, hits);
    addDialectHeaders(response.headers, prepared.controls.dialects);
    return response;
  }

  /**
   * What the caller may have of what the call asks for.
   *
   * @throws GatewayError `model_not_found`, `model_not_allowed`, `cache_control_not_allowed`, `invalid_request`
   */
  check(call: Call): Pick<PreparedCall, 'model' | 'controls'> {
    const model = this.resolveModel(call);
    const asked = parseCacheControls(call.body, call.headers, call.request.stream);
    return { model, controls: grantedControls(asked, model, call.caller) };
  }

  /**
   * Finds the call's model and its slot in the cache. Spends nothing and waits for nothing.
   *
   * @throws GatewayError as {@link check}
   */
  prepare(call: Call): PreparedCall {
    const { model, controls } = this.check(call);
    const scope = this.scopes.of(call.caller, model);
    // A name with a vendor's prefix has the same slot as the model's own name.
    const body = call.request.model === model.name ? call.body : { ...call.body, model: model.name };
    const slotFor = (each: Call['body']) =>
      this.cache.slotFor(model, scope, call.endpoint, withKeyHeaders(call, each), controls, isStrict(call));
    const prepared = { call: withDefaultLimit(call, model), model, controls };
    if (!call.endpoint.parts) return { ...prepared, slot: slotFor(body) };
    const parts = partsOf(call.endpoint.parts.split(body), call.endpoint.withoutEffect, slotFor);
    const [first, ...rest] = parts.distinct;
    return { ...prepared, parts, slot: this.cache.slotOf([first.slot, ...rest.map(({ slot }) => slot)]) };
  }

  /** What the cache has of calls before they run: of each whole call, or of each of its parts. */
  async stored(calls: readonly PreparedCall[]): Promise<(readonly (CacheHit | undefined)[])[]> {
    const read = calls.filter(({ controls }) => controls.read);
    const whole = read.filter((call) => !isParted(call));
    const found = await this.cache.findEach(whole);
    const hitsOf = new Map<PreparedCall, (CacheHit | undefined)[]>(whole.map((call, at) => [call, [found[at]]]));
    for (const call of read.filter(isParted)) hitsOf.set(call, await findStored(this.cache, call));
    return calls.map((call) => hitsOf.get(call) ?? []);
  }

  /** Whether the cache may have something that this call may have. Counts a call that renews what it has. */
  private mayHit(prepared: PreparedCall): boolean {
    const { slot, controls } = prepared;
    if (!controls.read && controls.write) this.memory.countRefresh(slot.key, refreshCause(controls));
    return controls.read && mayBeStored(this.cache, prepared);
  }

  private respond(prepared: PreparedCall, hits: readonly (CacheHit | undefined)[]): Promise<CallResponse> {
    if (isParted(prepared)) return this.parted.respond(prepared, hits);
    const [hit] = hits;
    return hit ? this.cachedResponses.respond(prepared, hit) : this.coalescing.respond(prepared);
  }

  /**
   * Asks an upstream, once for all equal calls that run at the same time. Where a budget is used up and names another model,
   * that one answers; where no deployment answers, the fallbacks of the model do.
   *
   * @throws GatewayError before anything of the answer was sent
   */
  private async ask(prepared: PreparedCall, hits: readonly (CacheHit | undefined)[]): Promise<CallResponse> {
    try {
      if (prepared.controls.onlyIfCached) throw new GatewayError('cache_only_miss', { facts: { attempts: 0 } });
      return await this.respond(prepared, hits);
    } catch (error) {
      const downgraded = downgrade(prepared, error);
      if (downgraded && this.serves(downgraded)) return this.complete(downgraded);
      const answered = await this.fallBack(prepared, error);
      if (answered) return answered;
      if (error instanceof GatewayError) error.facts.cacheStatus ??= statusWithoutHit(prepared.controls);
      throw error;
    }
  }

  /** Asks the fallbacks of the model, one after the other. @returns undefined where none answers: the call has its model's error */
  private async fallBack(prepared: PreparedCall, error: unknown): Promise<CallResponse | undefined> {
    let attempts = attemptsUntil(prepared.call, error);
    for (const name of fallbacksOf(prepared, error)) {
      if (!this.models.resolve(name) || prepared.call.signal.aborted) continue;
      const call = fallbackCall(prepared, name, attempts);
      try {
        return await this.complete(call);
      } catch (failure) {
        if (!(failure instanceof GatewayError)) throw failure;
        attempts = attemptsUntil(call, failure);
        if (failure.facts.charged && error instanceof GatewayError) error.facts.charged = true;
      }
    }
    return undefined;
  }

  private resolveModel({ request, endpoint, caller, downgrade: downgraded, fallback }: Call): Model {
    const model = this.models.resolveSent(request.model);
    if (!model) throw this.models.notFound(request.model);
    if (caller.models !== null && !downgraded && !fallback && !caller.models.includes(model.name)) {
      throw new GatewayError('model_not_allowed', {
        message: `This key may not use the model "${model.name}".`,
        param: 'model',
      });
    }
    requireServed(model, endpoint);
    return model;
  }

  /** Whether the model of a call is there for the call's API. */
  private serves({ request, endpoint }: Call): boolean {
    const model = this.models.resolveSent(request.model);
    return !model || servesMode(model, endpoint);
  }
}

function servesMode({ mode }: Model, { modes }: Endpoint): boolean {
  return mode === undefined || modes.includes(mode);
}

/** @throws GatewayError where a model is for another API, before anything is held or spent */
function requireServed(model: Model, endpoint: Endpoint): void {
  if (servesMode(model, endpoint)) return;
  const right = ENDPOINTS.filter(({ modes }) => modes.includes(model.mode ?? '')).map(({ path }) => path);
  const advice = right.length > 0 ? ` It serves ${right.join(', ')}.` : '';
  const message = `The model "${model.name}" does not serve ${endpoint.path}.${advice}`;
  throw new GatewayError('unsupported_parameter', { message, param: 'model' });
}

/** What the cache key is of: the body, with the headers that change the response. */
function withKeyHeaders({ endpoint, headers }: Call, body: Call['body']): Call['body'] {
  const sent = endpoint.keyHeaders?.flatMap((name) => (headers?.[name] === undefined ? [] : [[name, headers[name]]]));
  return sent?.length ? { ...body, 'key headers': Object.fromEntries(sent) } : body;
}

/** The same call for the model that a used-up budget names, once. */
function downgrade({ call, model: from }: PreparedCall, error: unknown): Call | undefined {
  if (!(error instanceof BudgetExceededError) || call.downgrade) return undefined;
  const { action, downgradeTo, id } = error.window.budget;
  if (action !== 'downgrade' || downgradeTo === null || downgradeTo === from.name) return undefined;
  return {
    ...call,
    body: call.endpoint.withModel(call.body, downgradeTo),
    request: { ...call.request, model: downgradeTo },
    downgrade: { from, budgetId: id },
    only: undefined,
    // An earlier attempt may have failed before the budget had no room for another one.
    attemptsBefore: attemptsUntil(call, error),
  };
}

/**
 * The call with the limit of output tokens that administrators set for calls without one. It is no part of the cache key: a
 * response that a limit has cut is not stored.
 */
function withDefaultLimit(call: Call, { defaultMaxTokens: ofModel, maxOutputTokens: most = Infinity }: Model): Call {
  const limit = call.caller.defaultMaxTokens ?? ofModel;
  if (limit === undefined || call.request.maxOutputTokens !== undefined) return call;
  const defaultMaxTokens = Math.min(limit, most);
  return { ...call, defaultMaxTokens, request: { ...call.request, maxOutputTokens: defaultMaxTokens } };
}
