import { encodeTime } from 'ulid';
import { cachingOf, receivedAtMs, timelineOf } from './request-timeline';
import type { LedgerRow } from './requests.repository';

const AT_MS = Date.parse('2026-11-23T09:00:00Z');

const ROW = {
  request_id: `${encodeTime(AT_MS, 10)}3E7R1Y5V8P2A6S4D`,
  attempt: 1,
  state: 'settled',
  status: 200,
  provider: 'openai',
  cache_status: 'MISS',
  cache_generation: 2,
  uncached: null,
  charged: null,
  created_at: new Date(AT_MS + 3),
  latency_ms: 100,
  ttft_ms: null,
} as LedgerRow;

describe('the timeline of a call', () => {
  it('begins with the time in its id, and never after its first row', () => {
    expect(receivedAtMs([ROW])).toBe(AT_MS);
    expect(receivedAtMs([{ ...ROW, created_at: new Date(AT_MS - 5) }])).toBe(AT_MS - 5);
    expect(receivedAtMs([{ ...ROW, request_id: 'batch-line' }])).toBe(AT_MS + 3);
  });

  it('has the end of an attempt after its beginning, and that of a hit at its row', () => {
    const ends = (row: LedgerRow) => timelineOf([row]).map(({ step, after_ms }) => [step, after_ms]);
    expect(ends({ ...ROW, charged: ['b@1'], ttft_ms: 40 })).toEqual([
      ['received', 0],
      ['cache', null],
      ['hold', 3],
      ['attempt', 3],
      ['first_content', 43],
      ['settled', 103],
    ]);
    expect(ends({ ...ROW, cache_status: 'HIT', latency_ms: 3 })).toEqual([
      ['received', 0],
      ['cache', null],
      ['settled', 3],
    ]);
    expect(ends({ ...ROW, state: 'dispatched', latency_ms: null }).at(-1)).toEqual(['attempt', 3]);
  });

  it.each([
    [{}, 'stored'],
    [{ cache_status: 'HIT' }, 'hit'],
    [{ cache_status: 'COALESCED' }, 'coalesced'],
    [{ uncached: 'tool_calls' }, 'tool_calls'],
    [{ uncached: 'of a later version' }, 'error'],
    [{ state: 'failed' }, 'no_answer'],
    [{ state: 'dispatched' }, 'running'],
  ] as const)('says of %j that the response is: %s', (members, code) => {
    expect(cachingOf({ ...ROW, ...members }).code).toBe(code);
  });
});
