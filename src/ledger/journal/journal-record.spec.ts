import fc from 'fast-check';
import { decodeRecord, encodeRecord } from './journal-record';

describe('a journal record', () => {
  const key = fc.stringMatching(/^[0-9A-Z]{26}\.\d$/);
  const lineOf = (k: string, j: string) => Buffer.from(encodeRecord(k, j)).subarray(0, -1);
  const json = fc.object().map((value) => JSON.stringify(value));

  it('is read as it was written', () => {
    fc.assert(
      fc.property(key, json, (k, j) => expect(decodeRecord(lineOf(k, j))).toEqual({ key: k, json: Buffer.from(j) })),
    );
  });

  it('is refused when any of its end is missing', () => {
    const line = lineOf('01JABC.1', '{"state":"settled","text":"한국어"}');
    for (let length = 0; length < line.length; length += 1)
      expect(decodeRecord(line.subarray(0, length))).toBeUndefined();
  });

  it('is refused when a character changed', () => {
    const line = lineOf('01JABC.1', '{"cost_pusd":"100"}');
    expect(decodeRecord(Buffer.from(line.toString().replace('100', '900')))).toBeUndefined();
  });
});
