import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../../test/support/seeded';
import { CUT_OFF } from './journal-lines';
import { encodeRecord } from './journal-record';
import { SegmentReader, type SegmentTail } from './segment-reader';

const NOTHING = { records: [], damaged: [], end: undefined };
const KILOBYTE = 1024;

describe('the reader of a segment', () => {
  let directory: string;
  let path: string;
  let reader: SegmentReader | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-segment-'));
    path = join(directory, 'epoch_1.000001.journal');
  });
  afterEach(() => {
    reader?.close();
    reader = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const line = (key: string, json = '{}') => encodeRecord(key, json);
  const open = (content: string | Buffer, offset = 0, tail?: SegmentTail) => {
    reader?.close();
    writeFileSync(path, content);
    return (reader = new SegmentReader({ instanceId: 'instance_1', path }, offset, tail));
  };
  /** Every record from here to the end, and how many pieces they came in. */
  const readAll = () => {
    const keys: string[] = [];
    const damaged: string[] = [];
    for (let pieces = 0; ; pieces += 1) {
      const { records, end, ...piece } = reader?.read() ?? NOTHING;
      if (end === undefined) return { keys, pieces, damaged };
      damaged.push(...piece.damaged.map(String));
      keys.push(...records.map(({ key }) => key));
      reader?.commit(end);
    }
  };

  it('reads what is there, and later what came since', () => {
    open(line('01A.1', '{"n":1}') + line('01B.1'));
    expect(reader?.read()).toMatchObject({
      records: [{ key: '01A.1', json: Buffer.from('{"n":1}') }, { key: '01B.1' }],
    });
    expect(readAll().keys).toEqual(['01A.1', '01B.1']);
    expect(reader?.read()).toMatchObject({ records: [], end: undefined });
    appendFileSync(path, line('01C.1'));
    expect(readAll().keys).toEqual(['01C.1']);
  });

  it('reads again what was not committed', () => {
    const same = open(line('01A.1'));
    expect(same.read()).toEqual(same.read());
  });

  it('leaves a torn end until the rest of it comes', () => {
    const torn = line('01B.1', '{"text":"한국어"}');
    const bytes = Buffer.from(torn);
    open(line('01A.1'));
    appendFileSync(path, bytes.subarray(0, bytes.indexOf('한') + 1));
    expect(readAll().keys).toEqual(['01A.1']);
    appendFileSync(path, bytes.subarray(bytes.indexOf('한') + 1));
    expect(reader?.read().records).toEqual([{ key: '01B.1', json: Buffer.from('{"text":"한국어"}') }]);
  });

  it('A16: hands damaged lines over beside all others', () => {
    const damaged = line('01C.1', '{"cost_pusd":"100"}').replace('100', '900');
    open(`${line('01A.1')}${line('01X.1').slice(0, 15)}\n${line('01B.1')}${damaged}\n\0\0\0\n${line('01D.1')}`);
    const { keys, damaged: handed } = readAll();
    expect(keys).toEqual(['01A.1', '01B.1', '01D.1']);
    expect(handed).toEqual([line('01X.1').slice(0, 15), damaged.trim(), '\0\0\0']);
  });

  it('passes over a piece in which no line is whole, and over empty lines', () => {
    open('torn\n\n\n');
    expect(reader?.read()).toMatchObject({ records: [], damaged: [Buffer.from('torn')], start: 0, end: 7 });
  });

  it('A16: loses no line by the end of another one', () => {
    for (const newline of ['x', '\0', 'f', ' ']) {
      open(
        [line('01A.1').trim(), line('01B.1', '{"n":1}').trim(), line('01C.1').trim()].join(newline) + newline,
        0,
        'stopped',
      );
      expect(readAll()).toMatchObject({ keys: ['01A.1', '01B.1', '01C.1'], damaged: [] });
    }
    const damaged = line('01B.1', '{"n":1}').replace('1}', '2}').replace('\n', '?');
    open(line('01A.1').replace('\n', '?') + damaged + line('01C.1'));
    expect(readAll()).toMatchObject({ keys: ['01A.1', '01C.1'], damaged: [expect.stringContaining('{"n":2}')] });
  });

  it('A16: loses no more lines than bytes are damaged, whichever they are', () => {
    const keys = Array.from({ length: 200 }, (_, index) => `01A.${index}`);
    const whole = Buffer.from(keys.map((key) => line(key, JSON.stringify({ key, text: '한국어' }))).join(''));
    const random = seeded(16);
    for (let round = 0; round < 50; round += 1) {
      const bytes = Buffer.from(whole);
      const places = Array.from({ length: 12 }, () => Math.floor(random() * bytes.length));
      for (const at of places) bytes[at] = (bytes[at] as number) ^ (1 + Math.floor(random() * 255));
      open(bytes, 0, 'stopped');
      const read = readAll();
      expect(new Set(read.keys).size).toBe(read.keys.length);
      expect(read.keys.length).toBeGreaterThanOrEqual(keys.length - 12);
      if (read.keys.length < keys.length) expect(read.damaged.length).toBeGreaterThan(0);
    }
  });

  it('knows a line that the writer cut off itself', () => {
    open(`${line('01A.1')}${line('01X.1').slice(0, 12)}${CUT_OFF}${line('01B.1')}`);
    expect(readAll()).toMatchObject({ keys: ['01A.1', '01B.1'], damaged: [] });
  });

  it('takes a last line without an end for cut off', () => {
    open(line('01A.1') + line('01B.1').slice(0, -4), 0, 'stopped');
    expect(readAll()).toMatchObject({ keys: ['01A.1'], damaged: [] });
  });

  it('A16: hands over a last line with a bad checksum, and the end of a closed segment', () => {
    const changed = line('01B.1', '{"n":1}').replace('1}', '2}');
    open(line('01A.1') + changed, 0, 'stopped');
    expect(readAll()).toMatchObject({ keys: ['01A.1'], damaged: [changed.trim()] });
    for (const end of [changed.replace('\n', '?'), line('01B.1').slice(0, -4)]) {
      open(line('01A.1') + end, 0, 'closed');
      expect(readAll()).toMatchObject({ keys: ['01A.1'], damaged: [end] });
    }
  });

  it.each([3, 1_000_000])('A16: begins at the start where the noted offset %i is damaged', (offset) => {
    open(line('01A.1') + line('01B.1'), offset);
    expect(readAll().keys).toEqual(['01A.1', '01B.1']);
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
