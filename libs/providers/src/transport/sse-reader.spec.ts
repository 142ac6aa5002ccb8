import * as fc from 'fast-check';
import { isWhole, SseEventTooLargeError, SseReader, type SseItem } from './sse-reader';

const event = (data: string, name?: string): SseItem => ({ kind: 'event', event: name, data });

const unmarked = (item: SseItem): SseItem => (item.kind === 'event' ? event(item.data, item.event) : item);

function readAll(parts: Uint8Array[]): SseItem[] {
  const reader = new SseReader();
  return [...parts.flatMap((part) => reader.push(part)), ...reader.end().filter(isWhole).map(unmarked)];
}

describe('SseReader', () => {
  it.each(['\n', '\r\n', '\r'])('reads lines that end in %j', (end) => {
    const lines = [
      'event: greeting',
      'data: a',
      'data:b',
      '',
      ': still here',
      'id: 7',
      'retry: 10',
      'data',
      '',
      'data: c',
      '',
      '',
    ];
    expect(new SseReader().push(Buffer.from(lines.join(end)))).toEqual([
      event('a\nb', 'greeting'),
      { kind: 'comment', text: 'still here' },
      event(''),
      event('c'),
    ]);
  });

  it('returns an event with its last byte, also after a lone carriage return', () => {
    const reader = new SseReader();
    expect(reader.push(Buffer.from('data: 1\r\r'))).toEqual([event('1')]);
    expect(reader.push(Buffer.from('data: 2\r\n\r'))).toEqual([event('2')]);
    expect(reader.push(Buffer.from('\ndata: 3\n\n'))).toEqual([event('3')]);
  });

  it('skips a byte order mark and reads characters cut anywhere', () => {
    const bytes = Buffer.from('\uFEFFdata: 안녕 👋\r\n\r\n:ok\r\rdata: é\n\n');
    const whole = [event('안녕 👋'), { kind: 'comment', text: 'ok' }, event('é')];
    expect(readAll([bytes])).toEqual(whole);
    expect(readAll(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(whole);
  });

  it('reads the same items however the bytes are cut', () => {
    const line = fc.constantFrom('data: é', 'data:', 'data: {"a":1}', ': ping', 'event: e', '', '', 'junk', 'id: 1');
    const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200)), (lines, cuts) => {
        const bytes = Buffer.from(lines.flat().join(''));
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        const parts = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(readAll(parts)).toEqual(readAll([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['data: {"a":1}', 'data: {"a":1}\n', 'data: {"a":1}\r', 'data: {\ndata: "a":1}'])(
    'gives the last event of %j though its blank line is missing',
    (text) => {
      const [item] = readAll([Buffer.from(text)]);
      expect(item?.kind === 'event' && JSON.parse(item.data)).toEqual({ a: 1 });
    },
  );

  it('returns a [DONE] without a line end, and no incomplete event', () => {
    expect(readAll([Buffer.from('data: [DONE]')])).toEqual([event('[DONE]')]);
    expect(readAll([Buffer.from('data: {"a":{}')])).toEqual([]);
    expect(readAll([Buffer.from('data: {"a":"é').subarray(0, -1)])).toEqual([]);
    expect(readAll([Buffer.from('dat')])).toEqual([]);
  });

  it.each([
    ['a line without end', 'data: ', '0123456789'],
    ['an event of many lines', '', 'data: 01234\n'],
    ['a comment without end', ':', '0123456789'],
  ])('stops at %s', (_name, start, part) => {
    const reader = new SseReader(1_000);
    reader.push(Buffer.from(start));
    expect(() => {
      for (let sent = 0; sent < 3_000; sent += part.length) reader.push(Buffer.from(part));
    }).toThrow(SseEventTooLargeError);
  });

  it('rejects a too long event that arrives in one chunk', () => {
    expect(() => new SseReader(1_000).push(Buffer.from(`data: ${'x'.repeat(1_001)}\n\n`))).toThrow(
      SseEventTooLargeError,
    );
    expect(new SseReader(1_000).push(Buffer.from(`data: ${'x'.repeat(1_000)}\n\n`.repeat(3)))).toHaveLength(3);
  });
});
