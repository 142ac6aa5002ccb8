import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { ModelRegistry } from '../model-registry.service';
import { TargetsRepository } from './targets.repository';
import { VersionsRepository } from './versions.repository';

/** The models that may have stored responses: those that are served now, and those that were served before. */
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
    const { message } = this.registry.notFound(model);
    const hint = 'To name an upstream version, send it as "version".';
    throw new GatewayError('model_not_found', { message: `${message} ${hint}`, param: 'model' });
  }

  /**
   * Marks a version as known before it replaces another one, so that its first responses are no drift: at the deployments of
   * the given model, at those whose responses had the old version, or, if both are given, at those in both sets.
   */
  async expect(newVersion: string, old: { model?: string; version?: string }): Promise<void> {
    const served = old.model === undefined ? [] : (this.registry.resolve(old.model)?.deployments ?? []);
    const withOldVersion = old.version === undefined ? [] : await this.versions.deploymentsOf(old.version);
    const ids = served.map(({ id }) => id);
    const both = old.model !== undefined && old.version !== undefined;
    const deployments = both ? ids.filter((id) => withOldVersion.includes(id)) : [...ids, ...withOldVersion];
    await this.versions.expect([...new Set(deployments)], newVersion);
  }
}
