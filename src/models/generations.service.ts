import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { ChangeFeed } from '../database/change-feed.service';
import { AdminModelsRepository } from './admin/admin-models.repository';
import { type Generation, GenerationsRepository, type NewGenerations } from './generations.repository';
import { ModelRegistry } from './model-registry.service';
import { newGenerationAlert } from './new-generation-alert';
import { oneAtATime } from '../common/runtime/one-at-a-time';

const FIRST_GENERATION = 1;

/**
 * The cache generation of each model. It is a part of every cache key, so a new generation makes all stored responses of the
 * old one unreachable at once, without a search for them.
 */
@Injectable()
export class GenerationsService implements OnModuleInit {
  private readonly logger = new Logger(GenerationsService.name);
  private generations = new Map<string, Generation>();
  /** How many changes that are not stored yet suspend a model's lookups. */
  private readonly suspensions = new Map<string, number>();
  private readonly listeners: ((model: string, old: number) => void)[] = [];
  /** Reads generations and models from the database. */
  readonly reload = oneAtATime(() => this.readAll());

  constructor(
    private readonly registry: ModelRegistry,
    private readonly repository: GenerationsRepository,
    private readonly adminModels: AdminModelsRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly alerts: AlertsService,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('generations', () => this.reload());
    await this.reload();
  }

  /** The generation in force, from memory. */
  current(model: string): Generation {
    return this.generations.get(model) ?? { model, generation: FIRST_GENERATION, version: null };
  }

  /** Whether responses of the generation in force may be of an older one, because a change of the model is not stored yet. */
  isSuspended(model: string): boolean {
    return this.suspensions.size > 0 && this.suspensions.has(model);
  }

  /**
   * Suspends the lookups of models in this process: a change of them is known here, and the database has not numbered their
   * new generations yet.
   *
   * @returns resumes the lookups; called once
   */
  suspend(models: readonly string[]): () => void {
    for (const model of models) this.addSuspension(model, 1);
    return () => {
      for (const model of models) this.addSuspension(model, -1);
    };
  }

  /** The listener is called with each model that has a new generation and its old generation. */
  onRetired(listener: (model: string, generation: number) => void): void {
    this.listeners.push(listener);
  }

  private addSuspension(model: string, by: number): void {
    const count = (this.suspensions.get(model) ?? 0) + by;
    if (count === 0) this.suspensions.delete(model);
    else this.suspensions.set(model, count);
  }

  /** Starts new generations: in force in this replica when this returns, in others when they have reloaded. */
  async start(wanted: NewGenerations): Promise<void> {
    await this.repository.start(wanted);
    await this.announce([wanted]);
  }

  /** Reloads generations that another transaction has started, here and on the other replicas. */
  async announce(started: readonly NewGenerations[]): Promise<void> {
    await this.changeFeed.announce('generations');
    for (const { models, version, reason, actor } of started)
      this.logger.log(
        { models: models.length > 5 ? models.length : models, version, reason, actor },
        'new cache generation',
      );
  }

  /** Declares a model's version. Declaring the same version again changes nothing. */
  async declareVersion(model: string, version: string, actor: string): Promise<Generation> {
    if (this.current(model).version === version) return this.current(model);
    const wanted: NewGenerations = { models: [model], version, reason: 'declared', actor, details: { version } };
    await this.start(wanted);
    this.alerts.raise(newGenerationAlert(wanted, this.current(model).generation));
    return this.current(model);
  }

  /**
   * The generations are read before the models and put in force after them. So no response of a model's old target can be
   * stored under the generation that its new target has started.
   */
  private async readAll(): Promise<void> {
    const generations = await this.repository.current();
    this.registry.replaceAdminModels(await this.adminModels.all());
    const old = this.generations;
    this.generations = new Map(generations.map((generation) => [generation.model, generation]));
    for (const [model, { generation }] of this.generations) {
      const before = old.get(model)?.generation ?? FIRST_GENERATION;
      if (generation !== before) for (const listener of this.listeners) listener(model, before);
    }
  }
}
