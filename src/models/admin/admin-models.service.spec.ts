import type { ConfiguredProvider } from '../../providers/provider';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import type { DeploymentSettings } from '../../database/tables/model-tables';
import type { GenerationsService } from '../generations.service';
import type { Model } from '../model';
import { modelNotFound } from '../model-names';
import type { ModelRegistry } from '../model-registry.service';
import type { AdminModelChange, AdminModelsRepository, AdminSettings } from './admin-models.repository';
import { AdminModelsService } from './admin-models.service';

const DEPLOYMENT: DeploymentSettings = { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 1 };

/** A model with these deployments, as the registry builds it. */
function model(name: string, deployments: readonly DeploymentSettings[]): Model {
  return {
    name,
    ownedBy: 'openai',
    family: deployments[0]?.model ?? name,
    target: deployments.map(({ provider, model: upstreamModel }) => `${provider}/${upstreamModel}`).join(),
    deployments: deployments.map(({ provider, model: upstreamModel, priority, weight }) => ({
      id: `${provider}/${upstreamModel}`,
      publicName: name,
      provider,
      upstreamModel,
      priority,
      weight,
      maxParallel: undefined,
    })),
    cache: { ttlSeconds: 60, storeToolCalls: false, ignoreFingerprint: false },
    maxOutputTokens: undefined,
    reasons: false,
  };
}

describe('AdminModelsService', () => {
  const configured = new Map<string, Model>();
  const stored = new Map<string, AdminSettings>();
  const changes: { change: AdminModelChange; result: ReturnType<AdminModelChange['work']> }[] = [];
  const steps: string[] = [];

  const registry: Partial<ModelRegistry> = {
    resolve: (name) => {
      const settings = stored.get(name);
      return settings?.deployments ? model(name, settings.deployments) : configured.get(name);
    },
    resolveKnown: (name) => registry.resolve?.(name),
    notFound: (name) => modelNotFound(name, new Map(), new Map()),
    preview: (name, { deployments }) => (deployments ? model(name, deployments) : configured.get(name)),
    withoutAdmin: (name) => configured.get(name),
    hasAdminSettings: (name) => stored.has(name),
    sourceOf: (name) => (stored.has(name) ? 'admin' : 'gateway.yaml'),
  };
  const repository: Partial<AdminModelsRepository> = {
    change: async (change) => {
      steps.push('store');
      const result = change.work(stored.get(change.name) ?? null);
      changes.push({ change, result });
      if (result.settings === null) stored.delete(change.name);
      else stored.set(change.name, result.settings);
    },
  };
  const generations: Partial<GenerationsService> = {
    announce: async () => void steps.push('announce'),
    current: (name) => ({ model: name, generation: 7, version: null }),
  };
  const names = ['openai', 'azure'];
  const providers: Partial<ProviderRegistry> = {
    find: (name) => (names.includes(name) ? ({ name } as ConfiguredProvider) : undefined),
    names: () => names,
  };
  const models = new AdminModelsService(
    providers as ProviderRegistry,
    registry as ModelRegistry,
    repository as AdminModelsRepository,
    generations as GenerationsService,
  );

  beforeEach(() => {
    configured.clear();
    configured.set('house', model('house', [DEPLOYMENT]));
    stored.clear();
    [changes.length, steps.length] = [0, 0];
  });

  const azure: DeploymentSettings = { ...DEPLOYMENT, provider: 'azure' };
  const lastResult = () => changes.at(-1)?.result;

  it('creates a model under a free name', async () => {
    const created = await models.create('new', { deployments: [azure], cache: null }, 'key_admin');
    expect(created.deployments).toHaveLength(1);
    expect(changes[0]?.change).toMatchObject({ name: 'new', action: 'model.created', actor: 'key_admin' });
    expect(lastResult()).toEqual({
      settings: { deployments: [azure], cache: null, defaultMaxTokens: null, routing: null },
      target: 'azure/gpt-4.1',
    });
  });

  it('refuses to create a model that exists', async () => {
    const settings = { deployments: [azure], cache: null };
    await expect(models.create('house', settings, 'key_admin')).rejects.toMatchObject({
      code: 'conflict',
      param: 'name',
    });
    expect(changes).toEqual([]);
  });

  it('refuses an unknown provider, and names the deployment and the known providers', async () => {
    const deployments = [DEPLOYMENT, { ...DEPLOYMENT, provider: 'nowhere' }];
    await expect(models.update('house', { deployments }, 'key_admin')).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'deployments.1.provider',
      message: expect.stringContaining('openai, azure'),
    });
    expect(changes).toEqual([]);
  });

  it('changes the deployments without the rules, and the rules without the deployments', async () => {
    stored.set('house', { deployments: [DEPLOYMENT], cache: { ttl_seconds: 5 } });
    await models.update('house', { deployments: [azure] }, 'key_admin');
    expect(lastResult()).toEqual({
      settings: { deployments: [azure], cache: { ttl_seconds: 5 }, defaultMaxTokens: null, routing: null },
      target: 'azure/gpt-4.1',
    });
    await models.update('house', { cache: { enabled: false } }, 'key_admin');
    expect(lastResult()?.settings).toMatchObject({ deployments: [azure], cache: { ttl_seconds: 5, enabled: false } });
  });

  it('sets rules for a model of gateway.yaml and keeps its target', async () => {
    await models.update('house', { cache: { ttl_seconds: 9 } }, 'key_admin');
    expect(lastResult()).toEqual({
      settings: { deployments: null, cache: { ttl_seconds: 9 }, defaultMaxTokens: null, routing: null },
      target: 'openai/gpt-4.1',
    });
  });

  it('removes the settings with the last rule, so that gateway.yaml applies again', async () => {
    stored.set('house', { deployments: null, cache: { ttl_seconds: 9 } });
    await models.update('house', { cache: null }, 'key_admin');
    expect(lastResult()).toEqual({ settings: null, target: 'openai/gpt-4.1' });
  });

  it('deletes what administrators set; then gateway.yaml applies, or no model is left', async () => {
    stored.set('house', { deployments: [azure], cache: null });
    stored.set('new', { deployments: [azure], cache: null });
    await models.delete('house', 'key_admin');
    expect(lastResult()).toEqual({ settings: null, target: 'openai/gpt-4.1' });
    await models.delete('new', 'key_admin');
    expect(lastResult()).toEqual({ settings: null, target: undefined });
    expect(changes.map(({ change }) => change.action)).toEqual(['model.deleted', 'model.deleted']);
  });

  it('does not delete a model of gateway.yaml', async () => {
    await expect(models.delete('house', 'key_admin')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('gateway.yaml'),
    });
    expect(changes).toEqual([]);
  });

  it('reports model_not_found for an unknown name', async () => {
    const notFound = { code: 'model_not_found', param: 'model' };
    await expect(models.update('gone', {}, 'key_admin')).rejects.toMatchObject(notFound);
    await expect(models.delete('gone', 'key_admin')).rejects.toMatchObject(notFound);
  });

  it('is in force when the change returns', async () => {
    await models.update('house', { deployments: [azure] }, 'key_admin');
    expect(steps).toEqual(['store', 'announce']);
  });
});
