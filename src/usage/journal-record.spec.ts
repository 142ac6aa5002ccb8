import fc from 'fast-check';
import { decodeRecord, encodeRecord } from './journal-record';

describe('a journal record', () => {
  const key = fc.stringMatching(/^[0-9A-Z]{26}\.\d$/);
  const json = fc.object().map((value) => JSON.stringify(value));

  it('is read as it was written', () => {
    fc.assert(
      fc.property(key, json, (k, j) =>
        expect(decodeRecord(encodeRecord(k, j).slice(0, -1))).toEqual({ key: k, json: j }),
      ),
    );
  });

  it('is refused when any of its end is missing', () => {
    const line = encodeRecord('01JABC.1', '{"state":"settled","text":"한국어"}').slice(0, -1);
    for (let length = 0; length < line.length; length += 1) expect(decodeRecord(line.slice(0, length))).toBeUndefined();
  });

  it('is refused when a character changed', () => {
    const line = encodeRecord('01JABC.1', '{"cost_pusd":"100"}').slice(0, -1);
    expect(decodeRecord(line.replace('100', '900'))).toBeUndefined();
  });
});
