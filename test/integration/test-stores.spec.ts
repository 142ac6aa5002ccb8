import type { TestStores } from '../support/stores';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;
/** More databases than Redis has by default. */
const GATEWAYS = 24;

describeWithStores('the test stores (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  const made: TestStores[] = [];
  const { JEST_WORKER_ID } = process.env;

  afterAll(async () => {
    process.env.JEST_WORKER_ID = JEST_WORKER_ID;
    for (const stores of made) await stores.drop();
  });

  it('belong to one gateway each, with any number of Jest workers and files', async () => {
    for (let at = 0; at < GATEWAYS; at += 1) {
      process.env.JEST_WORKER_ID = String(1 + (at % 2));
      // As in a separate spec file.
      jest.resetModules();
      const { createTestStores } = jest.requireActual<typeof import('../support/stores')>('../support/stores');
      made.push(await createTestStores());
    }
    for (const name of ['DATABASE_URL', 'REDIS_URL'])
      expect(new Set(made.map(({ env }) => env[name])).size).toBe(GATEWAYS);
  });
});
