import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecord } from './journal-record';
import { SegmentReader } from './segment-reader';

const KILOBYTE = 1024;

describe('the reader of a segment', () => {
  let directory: string;
  let path: string;
  let reader: SegmentReader;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-segment-'));
    path = join(directory, 'epoch_1.000001.journal');
  });
  afterEach(() => {
    reader.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const line = (key: string, json = '{}') => encodeRecord(key, json);
  const open = (content: string, offset = 0) => {
    writeFileSync(path, content);
    return (reader = new SegmentReader({ instanceId: 'instance_1', path }, offset));
  };
  /** Every record from here to the end, and how many pieces they came in. */
  const readAll = () => {
    const keys: string[] = [];
    for (let pieces = 0; ; pieces += 1) {
      const { records, end } = reader.read();
      if (end === undefined) return { keys, pieces };
      keys.push(...records.map(({ key }) => key));
      reader.commit(end);
    }
  };

  it('reads what is there, and later what came since', () => {
    open(line('01A.1', '{"n":1}') + line('01B.1'));
    expect(reader.read()).toMatchObject({
      records: [{ key: '01A.1', json: Buffer.from('{"n":1}') }, { key: '01B.1' }],
    });
    expect(readAll().keys).toEqual(['01A.1', '01B.1']);
    expect(reader.read()).toEqual({ records: [], end: undefined });
    appendFileSync(path, line('01C.1'));
    expect(readAll().keys).toEqual(['01C.1']);
  });

  it('reads again what was not committed', () => {
    open(line('01A.1'));
    expect(reader.read()).toEqual(reader.read());
  });

  it('leaves a torn end until the rest of it comes', () => {
    const torn = line('01B.1', '{"text":"한국어"}');
    const bytes = Buffer.from(torn);
    open(line('01A.1'));
    appendFileSync(path, bytes.subarray(0, bytes.indexOf('한') + 1));
    expect(readAll().keys).toEqual(['01A.1']);
    appendFileSync(path, bytes.subarray(bytes.indexOf('한') + 1));
    expect(reader.read().records).toEqual([{ key: '01B.1', json: Buffer.from('{"text":"한국어"}') }]);
  });

  it('leaves torn and damaged lines out, and nothing else', () => {
    const damaged = line('01C.1', '{"cost_pusd":"100"}').replace('100', '900');
    open(`${line('01A.1')}${line('01X.1').slice(0, 15)}\n${line('01B.1')}${damaged}\n\0\0\0\n${line('01D.1')}`);
    expect(readAll().keys).toEqual(['01A.1', '01B.1', '01D.1']);
  });

  it('passes over a piece in which no line is whole', () => {
    open('torn\n');
    expect(reader.read()).toEqual({ records: [], end: 5 });
  });

  it('reads a long segment piece by piece, with letters of three bytes on every edge', () => {
    const keys = Array.from({ length: 40 }, (_, index) => `01A.${index}`);
    open(keys.map((key, index) => line(key, `"${'한'.repeat(10 * KILOBYTE + index)}"`)).join(''));
    const read = readAll();
    expect(read.keys).toEqual(keys);
    expect(read.pieces).toBeGreaterThan(2);
  });

  it.each([512 * KILOBYTE - 1, 512 * KILOBYTE, 513 * KILOBYTE, 3_000 * KILOBYTE])(
    'does not stop at a line of %i bytes',
    (bytes) => {
      const long = line('01B.1', `"${'x'.repeat(bytes - line('01B.1', '""').length)}"`);
      expect(Buffer.byteLength(long)).toBe(bytes);
      open(line('01A.1') + long + line('01C.1'));
      expect(readAll().keys).toEqual(['01A.1', '01B.1', '01C.1']);
    },
  );

  it('waits for the end of a long line that is torn', () => {
    const long = line('01B.1', `"${'x'.repeat(600 * KILOBYTE)}"`);
    open(line('01A.1') + long.slice(0, -10));
    expect(readAll().keys).toEqual(['01A.1']);
    appendFileSync(path, long.slice(-10));
    expect(readAll().keys).toEqual(['01B.1']);
  });

  it('begins at an offset and notes how far it came', () => {
    const first = line('01A.1');
    open(first + line('01B.1'), first.length);
    expect(readAll().keys).toEqual(['01B.1']);
    expect(Number(readFileSync(`${path}.drained`, 'utf8'))).toBe(first.length * 2);
    expect(readFileSync(`${path}.drained`, 'utf8')).toHaveLength(12);
  });
});
