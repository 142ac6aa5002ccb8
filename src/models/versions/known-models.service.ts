import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { ModelRegistry } from '../model-registry.service';
import { TargetsRepository } from './targets.repository';
import { VersionsRepository } from './versions.repository';

/** The models whose answers may lie in the cache: those that are served, and those that were. */
@Injectable()
export class KnownModels {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly targets: TargetsRepository,
    private readonly versions: VersionsRepository,
  ) {}

  async all(): Promise<string[]> {
    return [...new Set([...this.registry.all().map(({ name }) => name), ...(await this.targets.models())])];
  }

  /** @throws GatewayError `model_not_found` */
  async require(model: string): Promise<void> {
    if (this.registry.resolve(model) || (await this.targets.models()).includes(model)) return;
    throw new GatewayError('model_not_found', {
      message: `This gateway does not serve a model "${model}". If that is the name of an upstream version, send it as "version".`,
      param: 'model',
    });
  }

  /**
   * Takes a version for known where it takes another one's place: of the model that is named, or wherever the old version
   * answered. Its first answers are then no drift.
   */
  async expect(newVersion: string, old: { model?: string; version?: string }): Promise<void> {
    const served = old.model === undefined ? [] : (this.registry.resolve(old.model)?.deployments ?? []);
    const answered = old.version === undefined ? [] : await this.versions.deploymentsOf(old.version);
    const ids = served.map(({ id }) => id);
    const both = old.model !== undefined && old.version !== undefined;
    const deployments = both ? ids.filter((id) => answered.includes(id)) : [...ids, ...answered];
    await this.versions.expect([...new Set(deployments)], newVersion);
  }
}
