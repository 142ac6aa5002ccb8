import { Injectable } from '@nestjs/common';
import type { ModelTest, ProviderTest } from '@thriftgate/contracts';
import { AuditRepository } from '../audit/audit.repository';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { formatUsd, parseUsd } from '../common/money';
import { ModelRegistry } from '../models/model-registry.service';
import { ProviderTestsService } from './provider-tests.service';

/** Asks each deployment of a model for a few tokens. */
@Injectable()
export class ModelTests {
  constructor(
    private readonly models: ModelRegistry,
    private readonly providers: ProviderTestsService,
    private readonly audit: AuditRepository,
  ) {}

  /** @throws GatewayError `model_not_found` */
  async test(name: string, caller: Caller): Promise<ModelTest> {
    const model = this.models.resolveKnown(name);
    if (!model) throw this.models.notFound(name);
    const deployments: ModelTest['deployments'] = [];
    // One after the other: together they would be a burst at one provider.
    for (const { id, provider, upstreamModel } of model.deployments) {
      const { models: _, ...result } = await this.asked(provider, upstreamModel, caller);
      deployments.push({ deployment: id, ...result });
    }
    const ok = deployments.every((each) => each.ok);
    const costPusd = deployments.reduce((sum, each) => sum + parseUsd(each.cost_usd), 0n);
    const details = { ok, deployments: deployments.map(({ deployment, ok: works }) => ({ deployment, ok: works })) };
    await this.audit.record({ actor: caller.keyId, action: 'model.tested', subject: name, details });
    return { model: name, ok, deployments, cost_usd: formatUsd(costPusd) };
  }

  /** What keeps one deployment from being asked is its result: those before it were asked, and paid. */
  private async asked(provider: string, model: string, caller: Caller): Promise<ProviderTest> {
    try {
      return await this.providers.ask(provider, { model }, caller);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { ok: false, status: null, error: error.message, latency_ms: 0, models: null, cost_usd: formatUsd(0n) };
    }
  }
}
