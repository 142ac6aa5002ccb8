import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import * as fc from 'fast-check';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import type { Journal } from '../ledger/journal/journal.service';
import { IdempotencyService, type ProducedResponse } from './idempotency.service';
import { FakeKeys, type Trouble } from './testing/fake-keys';

// Pauses between two looks at the database are a turn of the event loop here.
jest.mock('node:timers/promises', () => {
  const real = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
  return { ...real, setTimeout: (_ms: number, value: unknown) => real.setImmediate(value) };
});

const turns = async (count: number) => {
  for (let each = 0; each < count; each += 1) await turn();
};

type Ending = 'answered' | 'failed for nothing' | 'failed at a cost';

/** A call that an upstream is asked for. */
interface Asked {
  key: string;
  requestId: string;
  process: World['processes'][number];
  charged: boolean;
  open: boolean;
  end(ending: Ending): void;
}

interface Called {
  key: string;
  body: string;
  process: World['processes'][number];
  /** What the client has got; undefined while it waits, and for ever where its process was killed. */
  got: { status: number; text: string; code?: string } | undefined;
}

/** Some processes before one table, an upstream that ends calls when it is told to, and clients. */
class World {
  readonly keys = new FakeKeys();
  readonly asked: Asked[] = [];
  readonly calls: Called[] = [];
  private requests = 0;
  private instances = 0;
  readonly processes = [this.newProcess(), this.newProcess()];

  private newProcess() {
    const instanceId = `instance_${(this.instances += 1)}`;
    const process = { dead: false, instanceId, owner: { kind: 'instance', id: instanceId } };
    const service = new IdempotencyService(
      this.keys.asRepository(() => process.dead),
      process as unknown as Journal,
    );
    return Object.assign(process, { service });
  }

  call(at: number, key: string, body: string): Called {
    const process = this.processes[at % this.processes.length] ?? this.newProcess();
    const requestId = `request_${(this.requests += 1)}`;
    const call: Called = { key, body, process, got: undefined };
    this.calls.push(call);
    let charged = false;
    const produce = () =>
      new Promise<ProducedResponse>((resolve, reject) => {
        const end = (ending: Ending) => {
          asked.open = false;
          asked.charged = charged = ending !== 'failed for nothing';
          if (!charged) this.keys.sent.delete(requestId);
          if (ending === 'answered') resolve({ status: 200, headers: {}, body: pieces(`${requestId} said ${body}`) });
          else reject(new GatewayError('upstream_error', { message: ending }));
        };
        const asked: Asked = { key, requestId, process, charged: false, open: true, end };
        this.asked.push(asked);
        this.keys.sent.add(requestId);
      });
    const identity = { teamId: 'team_1', key, fingerprint: body, requestId };
    void process.service
      .once(identity, { produce, mayBeCharged: () => charged, errorBody: (error) => error.toBody() }, () => false)
      .then(async (reply) => {
        let text = '';
        for await (const piece of reply.body) text += piece.toString();
        if (!process.dead) call.got = { status: reply.status, text };
      })
      .catch((error: unknown) => {
        const { message: text, status, code } = toGatewayError(error);
        if (!process.dead) call.got = { status, text, code };
      });
    return call;
  }

  /** Ends a process; what it had sent counts as charged. */
  kill(at: number): void {
    const index = at % this.processes.length;
    const process = this.processes[index];
    if (!process) return;
    process.dead = true;
    this.keys.alive.delete(process.instanceId);
    for (const each of this.asked) if (each.process === process && each.open) each.charged = true;
    this.processes[index] = this.newProcess();
  }

  open(): Asked[] {
    return this.asked.filter(({ open, process }) => open && !process.dead);
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (const piece of text.split(' ')) yield piece;
}

describe('calls with an Idempotency-Key', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('are charged at most once a key, and answered alike, whatever happens', async () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          do: fc.constant('call' as const),
          at: fc.nat(1),
          key: fc.nat(1),
          body: fc.nat({ max: 3 }),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('end' as const),
          at: fc.nat(9),
          ending: fc.constantFrom<Ending>('answered', 'answered', 'failed for nothing', 'failed at a cost'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), at: fc.nat(1) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('trouble' as const),
          trouble: fc.constantFrom<Trouble>('none', 'none', 'away', 'answers lost'),
        }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(4) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = new World();
        for (const each of steps) {
          if (each.do === 'call') world.call(each.at, `key ${each.key}`, each.body === 0 ? 'changed' : 'first');
          else if (each.do === 'end') world.open()[each.at % Math.max(world.open().length, 1)]?.end(each.ending);
          else if (each.do === 'kill') world.kill(each.at);
          else if (each.do === 'trouble') world.keys.trouble = each.trouble;
          else await turns(each.turns);
        }
        world.keys.trouble = 'none';
        for (let round = 0; round < 60; round += 1) {
          for (const asked of world.open()) asked.end('answered');
          await turns(3);
        }
        for (const key of ['key 0', 'key 1']) {
          const charged = world.asked.filter((asked) => asked.key === key && asked.charged);
          expect(charged.length).toBeLessThanOrEqual(1);
          const mine = world.calls.filter((call) => call.key === key);
          const answered = mine.filter(({ got }) => got?.status === 200);
          expect(new Set(answered.map(({ got }) => got?.text)).size).toBeLessThanOrEqual(1);
          expect(new Set(answered.map(({ body }) => body)).size).toBeLessThanOrEqual(1);
          // Whoever is not dead has an answer.
          expect(mine.filter(({ got, process }) => !got && !process.dead)).toEqual([]);
          const codes = new Set(mine.flatMap(({ got }) => got?.code ?? []));
          for (const code of codes) {
            expect(['idempotency_key_reused', 'idempotency_result_unknown', 'unavailable', 'upstream_error']).toContain(
              code,
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('share the questions to the database', async () => {
    const world = new World();
    for (let call = 0; call < 50; call += 1) world.call(0, 'key', 'first');
    await turns(5);
    expect([world.asked.length, world.keys.statements]).toEqual([1, 1]);
    for (let call = 0; call < 50; call += 1) world.call(1, 'key', 'first');
    await turns(20);
    expect(world.keys.statements).toBeLessThan(40);
    world.open()[0]?.end('answered');
    await turns(20);
    expect(world.asked).toHaveLength(1);
    expect(new Set(world.calls.map(({ got }) => got?.text)).size).toBe(1);
  });

  it('are refused while the database is away, before anything is asked', async () => {
    const world = new World();
    world.keys.trouble = 'away';
    const call = world.call(0, 'key', 'first');
    await turns(3);
    expect([call.got?.status, call.got?.code, world.asked.length]).toEqual([503, 'unavailable', 0]);
  });

  it('are answered also when the answer cannot be kept, and again once it could be', async () => {
    const world = new World();
    const first = world.call(0, 'key', 'first');
    await turns(2);
    world.keys.trouble = 'keeps nothing';
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    world.open()[0]?.end('answered');
    await turns(2);
    await jest.advanceTimersByTimeAsync(3_000);
    jest.useRealTimers();
    await turns(3);
    expect(first.got?.status).toBe(200);
    const repeat = world.call(0, 'key', 'first');
    const elsewhere = world.call(1, 'key', 'first');
    await turns(20);
    expect([repeat.got, elsewhere.got, world.asked.length]).toEqual([undefined, undefined, 1]);
    world.keys.trouble = 'none';
    await turns(20);
    expect([repeat.got?.text, elsewhere.got?.text]).toEqual([first.got?.text, first.got?.text]);
    expect(world.asked).toHaveLength(1);
  });

  it('find a key again that the process has and knows nothing of', async () => {
    const world = new World();
    const [process] = world.processes;
    world.keys.rows.set('team_1 key', {
      fingerprint: 'first',
      owner: process?.instanceId ?? '',
      requestId: 'request_lost',
      reply: undefined,
    });
    world.keys.alive.add(process?.instanceId ?? '');
    world.call(1, 'key', 'first');
    await turns(10);
    expect(world.asked).toEqual([]);
    world.call(0, 'key', 'first');
    await turns(10);
    expect(world.asked).toHaveLength(1);
    world.open()[0]?.end('answered');
    await turns(20);
    expect(new Set(world.calls.map(({ got }) => got?.text)).size).toBe(1);
  });

  it('are waited for when the process ends', async () => {
    const world = new World();
    const call = world.call(0, 'key', 'first');
    await turns(2);
    let ended = false;
    const ending = world.processes[0]?.service.onApplicationShutdown().then(() => (ended = true));
    await turns(3);
    expect(ended).toBe(false);
    world.open()[0]?.end('answered');
    await ending;
    await turns(1);
    expect(call.got?.status).toBe(200);
  });
});
