import { UpstreamTransportError } from '@thriftgate/providers';
import { AttemptFailure } from '../../routing/attempt-failure';
import { sse, USAGE_PUSD } from '../testing/answers';
import { PACE_MS } from './stream-relay';
import { CountedSignal, READ_ON_MS, relayBench } from '../testing/relay-bench';
import type { ScriptedResponse } from '../testing/scripted-response';
import { ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';

/** Lets all that can go on go on, with the clock standing still. */
const settled = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a stream whose clients disconnect', () => {
  it('is aborted before any content, at its worst cost, for the upstream may have done the work', async () => {
    const { relay, response, client, bench, expectOver } = relayBench();
    response.push(sse.role());
    const first = relay.next();
    await settled();
    client.abort();
    await expect(first).rejects.toBeInstanceOf(AttemptFailure);
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 499, costPusd: HOLD_PUSD, estimated: true });
    expect(response.aborts).toBe(1);
    expectOver();
  });

  it('is aborted where they left before it began', async () => {
    const client = new CountedSignal();
    client.abort();
    const { relay, response, bench, released } = relayBench({ client });
    expect(await relay.next()).toEqual({ done: true, value: undefined });
    await relay.return();
    expect([bench.ledger.outcome.status, response.aborts, released()]).toEqual([499, 1, 1]);
  });

  it.each(['while a read is pending', 'between two reads'])(
    'is read on for its usage %s: exact, and stored',
    async (when) => {
      const { relay, response, client, bench, expectOver, released } = relayBench({ reasons: true });
      response.push(sse.content('a'));
      await relay.next();
      const pending = when === 'while a read is pending' ? relay.next() : undefined;
      client.abort();
      await jest.advanceTimersByTimeAsync(READ_ON_MS - 1);
      expect([response.aborts, released(), bench.ledger.settled.length]).toEqual([0, 0, 0]);
      response.push(sse.content('b'), sse.stop() + sse.usage(), sse.done());
      await settled();
      expect(bench.ledger.outcome).toMatchObject({
        state: 'settled',
        status: 499,
        errorCode: 'client_closed_request',
        costPusd: USAGE_PUSD,
        estimated: false,
      });
      expect([bench.stored.length, response.leaves, response.aborts]).toEqual([1, 1, 0]);
      if (pending) expect((await pending).value).toBe(sse.content('b'));
      expect(await relay.next()).toEqual({ done: true, value: undefined });
      expect(jest.getTimerCount()).toBe(0);
      expectOver();
    },
  );

  it.each([
    ['estimated', false, ESTIMATE_PUSD],
    ['the hold of a model that reasons', true, HOLD_PUSD],
  ])('is aborted where its usage does not come in time: %s', async (_, reasons, costPusd) => {
    const { relay, response, client, bench, expectOver } = relayBench({ reasons });
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    response.push(sse.content('b'));
    await jest.advanceTimersByTimeAsync(READ_ON_MS - 1);
    expect([response.aborts, bench.ledger.settled.length]).toEqual([0, 0]);
    await jest.advanceTimersByTimeAsync(1);
    expect(response.aborts).toBe(1);
    expect(bench.ledger.outcome).toMatchObject({
      status: 499,
      errorCode: 'client_closed_request',
      costPusd,
      estimated: true,
    });
    expect(bench.stored).toEqual([]);
    expectOver();
  });

  it.each(['before', 'after'])(
    'is cut when the process ends %s they leave, and is settled before it has ended',
    async (when) => {
      const { relay, readOn, response, client, bench, expectOver } = relayBench();
      response.push(sse.content('a'));
      await relay.next();
      if (when === 'before') readOn.beforeApplicationShutdown();
      client.abort();
      await settled();
      if (when === 'after') {
        expect([response.aborts, bench.ledger.settled.length]).toEqual([0, 0]);
        readOn.beforeApplicationShutdown();
      }
      await readOn.onApplicationShutdown();
      expect(response.aborts).toBe(1);
      expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status: 499, costPusd: ESTIMATE_PUSD });
      expect(jest.getTimerCount()).toBe(0);
      expectOver();
    },
  );

  it.each([
    ['breaks off', (response: ScriptedResponse) => response.fail(new UpstreamTransportError('reset', 'x', true)), 499],
    ['ends without its mark', (response: ScriptedResponse) => response.end(), 499],
    ['ends with an error', (response: ScriptedResponse) => response.push(sse.error()), 502],
  ])('is settled once where it %s meanwhile', async (_, finish, status) => {
    const { relay, response, client, bench, expectOver } = relayBench();
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    await settled();
    finish(response);
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status, costPusd: ESTIMATE_PUSD });
    expect(jest.getTimerCount()).toBe(0);
    expectOver();
  });

  it('has no unhandled failure where the journal refuses its end', async () => {
    const { relay, response, client, bench, expectOver } = relayBench();
    response.push(sse.content('a'));
    await relay.next();
    bench.ledger.refuses = true;
    client.abort();
    response.push(sse.done());
    await settled();
    await relay.return();
    expectOver();
  });
});

describe('a stream whose reader returns', () => {
  it('is settled when the return resolves, also while a read is pending', async () => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.content('a'));
    await relay.next();
    const pending = relay.next();
    const returned = relay.return();
    expect(relay.return()).toBe(returned);
    response.push(sse.content('b') + sse.usage() + sse.done());
    await jest.advanceTimersByTimeAsync(PACE_MS);
    await returned;
    expect(bench.ledger.outcome).toMatchObject({ status: 499, costPusd: USAGE_PUSD });
    expect(await pending).toMatchObject({ done: true, value: { kind: 'done' } });
    expectOver();
  });

  it('is aborted where nothing of it was read', async () => {
    const { relay, response, expectOver } = relayBench();
    response.push(sse.content('a'));
    await relay.return();
    expect(response.aborts).toBe(1);
    expectOver();
  });
});
