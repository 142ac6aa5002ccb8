import { Logger } from '@nestjs/common';
import type { AlertsService } from '../../alerts/alerts.service';
import type { GatewayConfig } from '../../config/gateway-config';
import type { GenerationsService } from '../generations.service';
import type { Deployment } from '../model';
import type { ModelRegistry } from '../model-registry.service';
import { DriftService } from './drift.service';
import type { VersionsRepository } from './versions.repository';

const DEPLOYMENT = { id: 'openai/gpt-4.1', upstreamModel: 'gpt-4.1' } as Deployment;

/** The service over a database whose answers come when the test says so. */
function watch() {
  const asked: { names: string[]; answer: (error?: Error) => void }[] = [];
  const note: VersionsRepository['note'] = (_id, names) =>
    new Promise((resolve, reject) => {
      const answer = (error?: Error) => (error ? reject(error) : resolve({ drifts: [], flapping: false }));
      asked.push({ names: names.map(({ name }) => name), answer });
    });
  const service = new DriftService(
    { drift: { knownDays: 30, flappingFingerprints: 3 } } as GatewayConfig,
    {} as ModelRegistry,
    { note } as VersionsRepository,
    {} as GenerationsService,
    {} as AlertsService,
  );
  return { asked, see: (version: string) => service.observe(DEPLOYMENT, version, undefined) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('versions that answers name', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it.each([undefined, new Error('the database is away')])(
    'are noted in the order in which they came: %s',
    async (error) => {
      const { asked, see } = watch();
      see('one');
      see('two');
      await settled();
      expect(asked.map(({ names }) => names)).toEqual([['one']]);
      asked[0]?.answer(error);
      await settled();
      expect(asked.map(({ names }) => names)).toEqual([['one'], ['two']]);
    },
  );

  it('are noted once, though more answers name them before they are', async () => {
    const { asked, see } = watch();
    for (let answer = 0; answer < 5; answer += 1) see('one');
    await settled();
    asked[0]?.answer();
    await settled();
    see('one');
    await settled();
    expect(asked).toHaveLength(1);
  });
});
