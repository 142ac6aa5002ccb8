import { Injectable } from '@nestjs/common';
import type { ProviderTest, TestProvider } from '@thriftgate/contracts';
import { type ProbeResult, ProviderProbe } from '../calls/provider-probe.service';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { formatUsd } from '../common/money';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { ProvidersRepository } from '../providers/providers.repository';
import { SlidingCount } from '../routing/sliding-count';
import { noSuchKey, noSuchProvider } from './provider-errors';

/** Tests of one provider in a minute, in this process. */
const MAX_TESTS = 20;
const BUCKET_MS = 5_000;
const BUCKETS = 12;

/** Tests providers by one request each. */
@Injectable()
export class ProviderTestsService {
  private readonly counts = new Map<string, SlidingCount>();

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly repository: ProvidersRepository,
    private readonly probe: ProviderProbe,
  ) {}

  /** @throws GatewayError `not_found`, `rate_limit_exceeded`, and what keeps an attempt from being made */
  async test(name: string, sent: TestProvider, caller: Caller): Promise<ProviderTest> {
    const request = sent ?? {};
    const result = await this.ask(name, request, caller);
    const { ok, status } = result;
    const details = { model: request.model ?? null, key_id: request.key_id ?? null, ok, status };
    await this.repository.recordTest(name, details, caller.keyId);
    return result;
  }

  /** As {@link test}, without an entry in the audit. */
  async ask(name: string, request: TestProvider, caller: Caller): Promise<ProviderTest> {
    const { model, key_id: keyId } = request ?? {};
    const found = this.registry.find(name);
    if (!found) throw noSuchProvider(name);
    const provider = keyId === undefined ? found : this.registry.withKey(name, keyId);
    if (!provider) throw noSuchKey(name, keyId ?? '', 'key_id');
    this.count(name);
    const startedAt = performance.now();
    const { status, error, models, costPusd } = await this.probed(() =>
      model === undefined ? this.probe.listModels(provider) : this.probe.askModel(provider, model, caller),
    );
    const latencyMs = Math.round(performance.now() - startedAt);
    return { ok: error === null, status, error, latency_ms: latencyMs, models, cost_usd: formatUsd(costPusd) };
  }

  /** What the vendor cannot be asked is the result of a test, too. */
  private async probed(work: () => Promise<ProbeResult>): Promise<ProbeResult> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'invalid_request') throw error;
      return { status: null, error: error.message, models: null, costPusd: 0n };
    }
  }

  private count(name: string): void {
    const nowMs = performance.now();
    const count = this.counts.get(name) ?? new SlidingCount(BUCKET_MS, BUCKETS);
    this.counts.set(name, count);
    if (count.sum(nowMs) >= MAX_TESTS)
      throw new GatewayError('rate_limit_exceeded', {
        message: `A provider can be tested ${MAX_TESTS} times a minute. Try again shortly.`,
        retryAfterSeconds: BUCKET_MS / 1000,
      });
    count.add(nowMs);
  }
}
