import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { eventsQuerySchema } from '@thriftgate/contracts';
import type { HubEvent } from '../event-hub/event-source';
import { EventStream } from './event-stream';

class FakeRaw extends ServerResponse {
  readonly written: string[] = [];
  override writableLength = 0;
  ended = false;

  constructor() {
    super(new IncomingMessage(new Socket()));
  }
  override write(text: string): boolean {
    return this.written.push(text) > 0;
  }
  override end(): this {
    this.ended = true;
    return this;
  }
  override destroy(): this {
    this.destroyed = true;
    return this;
  }
}

const row = (members: object = {}): HubEvent => ({
  topic: 'requests',
  name: 'request',
  teamId: 'team_1',
  keyId: 'key_1',
  data: { tags: [], cost_usd: '0.5', model: 'm', state: 'settled', ...members },
});

describe('a stream of events', () => {
  let nowMs = 0;
  let works = true;

  const streamOf = (query: Record<string, string>) => {
    const raw = new FakeRaw();
    const topics = new Set(['requests', 'alerts'] as const);
    const parsed = eventsQuerySchema.parse(query);
    return {
      raw,
      stream: new EventStream(
        raw,
        topics,
        parsed,
        () => works,
        () => nowMs,
      ),
    };
  };
  const names = ({ written }: FakeRaw) => written.flatMap((text) => /^event: (\w+)/.exec(text)?.[1] ?? []);

  beforeEach(() => ([nowMs, works] = [0, true]));

  it('has only what its caller and its filters mean', () => {
    const { raw, stream } = streamOf({ team_id: 'team_1', min_cost_usd: '0.4' });
    const events = [row(), row({ cost_usd: '0.3' }), { ...row(), teamId: 'team_2' }];
    stream.receive('requests', { events, cut: false }, 7);
    expect(raw.written).toHaveLength(1);
    expect(raw.written[0]).toMatch(/^event: request\nid: 7\ndata: \{/);
    const forAll: HubEvent = { topic: 'alerts', name: 'alert', teamId: null, keyId: null, data: {} };
    stream.receive('alerts', { events: [forAll], cut: false }, 8);
    expect(raw.written).toHaveLength(1);
  });

  it('has alerts of all keys, also of a stream of one key', () => {
    const { raw, stream } = streamOf({ key_id: 'key_1' });
    const alert: HubEvent = { topic: 'alerts', name: 'alert', teamId: 'team_1', keyId: null, data: {} };
    stream.receive('alerts', { events: [alert], cut: false }, 1);
    stream.receive('requests', { events: [row(), { ...row(), keyId: 'key_2' }], cut: false }, 1);
    expect(names(raw)).toEqual(['alert', 'request']);
  });

  it('carries 500 calls a minute and says how many it left out', () => {
    const { raw, stream } = streamOf({});
    stream.receive('requests', { events: Array.from({ length: 510 }, () => row()), cut: false }, 1);
    expect(names(raw)).toHaveLength(501);
    expect(raw.written.at(-1)).toContain('{"topic":"requests","dropped":10}');
    nowMs = 60_000;
    stream.receive('requests', { events: [row()], cut: false }, 2);
    expect(names(raw).at(-1)).toBe('request');
  });

  it('says at most every 10 s that it lags, with all that it left out meanwhile', () => {
    const { raw, stream } = streamOf({});
    const lagging = () => raw.written.filter((text) => text.includes('lagging'));
    for (let second = 0; second < 9; second += 1) {
      nowMs = second * 1_000;
      stream.receive('requests', { events: Array.from({ length: 510 }, () => row()), cut: false }, second);
      stream.receive('alerts', { events: [], cut: true }, second);
      stream.check();
    }
    expect(lagging()).toHaveLength(2);
    nowMs = 10_000;
    stream.check();
    expect(lagging()).toEqual([
      expect.stringContaining('{"topic":"requests","dropped":10}'),
      expect.stringContaining('{"topic":"alerts","dropped":null}'),
      expect.stringContaining(`{"topic":"requests","dropped":${8 * 510}}`),
      expect.stringContaining('{"topic":"alerts","dropped":null}'),
    ]);
    nowMs = 30_000;
    stream.check();
    expect(lagging()).toHaveLength(4);
  });

  it('writes a comment each 15 s, and ends with its session', () => {
    const { raw, stream } = streamOf({});
    nowMs = 15_000;
    stream.check();
    expect(raw.written).toEqual([': here\n\n']);
    works = false;
    stream.check();
    expect(raw.written.at(-1)).toContain('"signed_out"');
    expect(raw.ended).toBe(true);
    stream.receive('requests', { events: [row()], cut: false }, 3);
    expect(names(raw)).toEqual(['end']);
  });

  it('disconnects a client that takes nothing', () => {
    const { raw, stream } = streamOf({});
    raw.writableLength = 5 * 1024 * 1024;
    stream.check();
    expect(raw.destroyed).toBe(true);
  });

  it('disconnects a client that does not take its end', () => {
    const { raw, stream } = streamOf({});
    works = false;
    stream.check();
    expect([raw.ended, raw.destroyed]).toEqual([true, false]);
    stream.check();
    expect(raw.destroyed).toBe(true);
  });
});
