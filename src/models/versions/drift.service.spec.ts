import { Logger } from '@nestjs/common';
import type { AlertsService } from '../../alerts/alerts.service';
import type { GatewayConfig } from '../../config/gateway-config';
import type { GenerationsService } from '../generations.service';
import type { Deployment } from '../model';
import type { ModelRegistry } from '../model-registry.service';
import { DriftService } from './drift.service';
import type { VersionsRepository } from './versions.repository';

const DEPLOYMENT = { id: 'openai/gpt-4.1', upstreamModel: 'gpt-4.1' } as Deployment;

/** The service with a database whose replies the test controls. */
function newService() {
  const queries: { names: string[]; reply: (error?: Error) => void }[] = [];
  const store: VersionsRepository['store'] = (_id, names) =>
    new Promise((resolve, reject) => {
      const reply = (error?: Error) => (error ? reject(error) : resolve({ drifts: [], flapping: false }));
      queries.push({ names: names.map(({ name }) => name), reply });
    });
  const service = new DriftService(
    { drift: { knownDays: 30, flappingFingerprints: 3 } } as GatewayConfig,
    {} as ModelRegistry,
    { store } as VersionsRepository,
    {} as GenerationsService,
    {} as AlertsService,
  );
  return { queries, observe: (version: string) => service.observe(DEPLOYMENT, version, undefined) };
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
});
