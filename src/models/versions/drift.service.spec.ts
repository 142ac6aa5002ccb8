import { Logger } from '@nestjs/common';
import type { AlertsService } from '../../alerts/alerts.service';
import type { GatewayConfig } from '../../config/gateway-config';
import type { GenerationsService } from '../generations.service';
import type { Deployment, Model } from '../model';
import type { ModelRegistry } from '../model-registry.service';
import { DriftService } from './drift.service';
import type { VersionsRepository } from './versions.repository';

const DEPLOYMENT = { id: 'openai/gpt-4.1', upstreamModel: 'gpt-4.1' } as Deployment;

const MODEL = {
  name: 'alias',
  family: 'gpt-4.1',
  deployments: [DEPLOYMENT],
  cache: { ttlSeconds: 60, storeToolCalls: false, ignoreFingerprint: true },
  ownedBy: 'openai',
  target: 'openai/gpt-4.1',
  maxOutputTokens: undefined,
  reasons: false,
} as Model;
const DAY_MS = 24 * 3600 * 1000;

/** The service with a database whose replies the test controls. */
function newService(stored: { name: string; daysAgo: number }[] = []) {
  const queries: { names: string[]; reply: (error?: Error) => void }[] = [];
  const store: VersionsRepository['store'] = (_id, names) =>
    new Promise((resolve, reject) => {
      const reply = (error?: Error) => (error ? reject(error) : resolve({ drifts: [], flapping: false }));
      queries.push({ names: names.map(({ name }) => name), reply });
    });
  const all: VersionsRepository['all'] = async () =>
    stored.map(({ name, daysAgo }) => ({
      deployment: DEPLOYMENT.id,
      kind: 'model',
      name,
      ofVersion: '',
      lastSeenMs: Date.now() - daysAgo * DAY_MS,
    }));
  const suspended = new Set<string>();
  let reloads = 0;
  const generations: Pick<GenerationsService, 'current' | 'suspend' | 'reload'> = {
    current: (model) => ({ model, generation: 1, version: 'declared' }),
    suspend: (models) => {
      for (const model of models) suspended.add(model);
      return () => suspended.clear();
    },
    reload: async () => void (reloads += 1),
  };
  const service = new DriftService(
    { drift: { knownDays: 30, flappingFingerprints: 3 } } as GatewayConfig,
    { all: () => [MODEL] } as Partial<ModelRegistry> as ModelRegistry,
    { store, all } as VersionsRepository,
    generations as GenerationsService,
    {} as AlertsService,
  );
  const observe = (version: string, fingerprint?: string) => service.observe(DEPLOYMENT, version, fingerprint);
  return { queries, suspended, reloads: () => reloads, start: () => service.onModuleInit(), observe };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('versions in upstream responses', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it.each([undefined, new Error('the database is away')])(
    'are stored in the order in which they arrive: %s',
    async (error) => {
      const { queries, observe } = newService();
      observe('one');
      observe('two');
      await settled();
      expect(queries.map(({ names }) => names)).toEqual([['one']]);
      queries[0]?.reply(error);
      await settled();
      expect(queries.map(({ names }) => names)).toEqual([['one'], ['two']]);
    },
  );

  it('are stored once, also when more responses name them in the meantime', async () => {
    const { queries, observe } = newService();
    for (let response = 0; response < 5; response += 1) observe('one');
    await settled();
    queries[0]?.reply();
    await settled();
    observe('one');
    await settled();
    expect(queries).toHaveLength(1);
  });

  it('N20: suspend the lookups of its models at once, until the database has replied', async () => {
    const { queries, suspended, reloads, observe } = newService();
    observe('one');
    expect([...suspended]).toEqual([]);
    observe('two');
    expect([...suspended]).toEqual(['alias']);
    await settled();
    queries[0]?.reply();
    await settled();
    expect([[...suspended], reloads()]).toEqual([['alias'], 0]);
    queries[1]?.reply();
    await settled();
    expect([[...suspended], reloads()]).toEqual([[], 1]);
  });

  it('N20: suspend nothing when they are declared, known, or of ignored fingerprints', async () => {
    const { suspended, observe } = newService();
    for (const version of ['one', 'declared', 'one']) observe(version, 'fp_1');
    observe('one', 'fp_2');
    expect([...suspended]).toEqual([]);
  });

  it('N20: are compared with those that the database had at the start', async () => {
    const { suspended, start, observe } = newService([
      { name: 'old', daysAgo: 31 },
      { name: 'one', daysAgo: 2 },
    ]);
    await start();
    observe('one');
    expect([...suspended]).toEqual([]);
    observe('old');
    expect([...suspended]).toEqual(['alias']);
  });

  it('N20: stay suspended while the database is away, and are stored again', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const { queries, suspended, observe } = newService();
      observe('one');
      observe('two');
      await settled();
      queries[0]?.reply();
      await settled();
      queries[1]?.reply(new Error('the database is away'));
      await settled();
      expect([...suspended]).toEqual(['alias']);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(queries[2]?.names).toEqual(['two']);
      queries[2]?.reply();
      await settled();
      expect([...suspended]).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });
});
