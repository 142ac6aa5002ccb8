import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { GatewayConfig } from '../config/gateway-config';
import { ChangeFeed } from '../database/change-feed.service';
import type { ModelGenerationsTable } from '../database/schema';
import { type Generation, GenerationsRepository } from './generations.repository';
import type { Deployment } from './model';
import { ModelRegistry } from './model-registry.service';

const FIRST_GENERATION = 1;

/**
 * The cache generation of each model. It is a part of every cache key, so starting a new one takes all answers of the old
 * one out of service at once, without looking for them.
 */
@Injectable()
export class GenerationsService implements OnModuleInit {
  private readonly logger = new Logger(GenerationsService.name);
  private generations = new Map<string, Generation>();
  private readonly observed = new Map<string, string>();
  private readonly listeners: ((model: string, old: number) => void)[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly registry: ModelRegistry,
    private readonly repository: GenerationsRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly alerts: AlertsService,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('generations', () => this.reload());
    await this.reload();
    for (const { deployment, upstream_model } of await this.repository.deploymentModels())
      this.observed.set(deployment, upstream_model);
    for (const [model, { version }] of Object.entries(this.config.models)) {
      if (version !== undefined && version !== this.current(model).version)
        await this.start([model], version, 'configured');
    }
  }

  /** The generation in force, from memory. */
  current(model: string): Generation {
    return this.generations.get(model) ?? { model, generation: FIRST_GENERATION, version: null };
  }

  /** Called with the model and the generation that went out of service. */
  onRetired(listener: (model: string, generation: number) => void): void {
    this.listeners.push(listener);
  }

  /** Starts new generations, in force here when this returns and on other replicas as soon as they hear of it. */
  async start(models: string[], version: string | null, reason: ModelGenerationsTable['reason']): Promise<void> {
    await this.repository.start(models, version, reason);
    await this.changeFeed.announce('generations');
    this.logger.log({ models: models.length > 5 ? models.length : models, version, reason }, 'new cache generation');
  }

  /** Declares which version a model is. Saying the same again changes nothing. */
  async declareVersion(model: string, version: string): Promise<Generation> {
    if (this.current(model).version !== version) await this.start([model], version, 'declared');
    return this.current(model);
  }

  /**
   * Takes note of the version that an upstream answer names. A deployment that names another one than before has been
   * updated: what its old version wrote is not served any more.
   */
  observe(deployment: Deployment, upstreamModel: string): void {
    if (this.observed.get(deployment.id) === upstreamModel) return;
    const known = this.observed.has(deployment.id);
    this.observed.set(deployment.id, upstreamModel);
    void this.noteDrift(deployment, upstreamModel, known).catch((error: unknown) =>
      this.logger.warn({ err: error, deployment: deployment.id }, 'a change of the model version could not be kept'),
    );
  }

  private async noteDrift(deployment: Deployment, upstreamModel: string, known: boolean): Promise<void> {
    const before = await this.repository.observe(deployment.id, upstreamModel);
    if (!known || before === null || before === upstreamModel) return;
    this.logger.warn({ deployment: deployment.id, before, now: upstreamModel }, 'the model version changed upstream');
    const served = this.registry.all().filter((model) => model.deployments.some(({ id }) => id === deployment.id));
    await this.start(
      served.map((model) => model.name),
      null,
      'drift',
    );
    for (const { name } of served) this.tellDrift(name, deployment.id, before, upstreamModel);
  }

  private tellDrift(model: string, deployment: string, before: string, now: string): void {
    const { generation } = this.current(model);
    // Two versions that answer in turn are told once each, not with every change of turn.
    this.alerts.raise({
      kind: 'model_drift',
      severity: 'warning',
      dedupeKey: `model_drift:${model}:${now}`,
      teamId: null,
      data: { model, deployment, before, now, generation },
    });
  }

  private async reload(): Promise<void> {
    const old = this.generations;
    this.generations = new Map((await this.repository.current()).map((generation) => [generation.model, generation]));
    for (const [model, { generation }] of this.generations) {
      const before = old.get(model)?.generation ?? FIRST_GENERATION;
      if (generation !== before) for (const tell of this.listeners) tell(model, before);
    }
  }
}
