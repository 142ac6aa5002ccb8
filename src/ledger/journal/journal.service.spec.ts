import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataDirectory } from '../../config/data-directory';
import type { GatewayConfig } from '../../config/gateway-config';
import { eventually } from '../../../test/support/eventually';
import { Journal } from './journal.service';
import { decodeRecord, encodeRecord } from './journal-record';

const MEGABYTE = 1024 * 1024;

describe('the journal', () => {
  let directory: string;
  const resolve = (...parts: string[]) => join(directory, ...parts);
  const journals: Journal[] = [];
  const open = (maxBytes = Infinity, fsync: 'interval' | 'always' = 'interval') => {
    const journal = new Journal({ resolve } as DataDirectory, { journal: { fsync, maxBytes } } as GatewayConfig);
    journals.push(journal);
    return journal;
  };
  const pathOf = (journal: Journal, index = -1) => journal.segments().at(index)?.path ?? '';
  /** Waits until the journal takes lines again. */
  const healed = (journal: Journal) =>
    eventually(() =>
      journal.append('01H.1', '{}').then(
        () => true,
        () => undefined,
      ),
    );
  const keysIn = (path: string) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => decodeRecord(Buffer.from(line))?.key ?? []);

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'thriftgate-journal-'))));
  afterEach(() => {
    jest.restoreAllMocks();
    for (const journal of journals.splice(0)) journal.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  it('keeps its promise once the line is in the file, readable by its user alone', async () => {
    const journal = open();
    const kept = journal.append('01A.1', '{"state":"dispatched"}');
    expect(readFileSync(pathOf(journal), 'utf8')).toBe('');
    await kept;
    expect(readFileSync(pathOf(journal), 'utf8')).toBe(encodeRecord('01A.1', '{"state":"dispatched"}'));
    expect([statSync(pathOf(journal)).mode & 0o777, statSync(resolve('journal')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('waits for the disk where that is asked for', async () => {
    const journal = open(Infinity, 'always');
    const synced = jest.spyOn(fs, 'fdatasync');
    await journal.append('01A.1', '{}');
    expect(synced).toHaveBeenCalledTimes(1);
    expect(keysIn(pathOf(journal))).toEqual(['01A.1']);
  });

  it('writes the lines of one turn together and in order', async () => {
    const journal = open();
    const write = jest.spyOn(fs, 'writeSync');
    await Promise.all(['01B.1', '01A.1', '01B.2'].map((key) => journal.append(key, '{}')));
    expect(write).toHaveBeenCalledTimes(1);
    await journal.append('01C.1', '{}');
    expect(write).toHaveBeenCalledTimes(2);
    expect(keysIn(pathOf(journal))).toEqual(['01B.1', '01A.1', '01B.2', '01C.1']);
  });

  it('goes on where the kernel takes only a part', async () => {
    const journal = open();
    const { writeSync } = fs;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementationOnce((file: number, data: unknown) => writeSync(file, data as Buffer, 0, 7));
    await journal.append('01A.1', '{"text":"한국어"}');
    expect(readFileSync(pathOf(journal), 'utf8')).toBe(encodeRecord('01A.1', '{"text":"한국어"}'));
  });

  it('refuses every line of a turn that a full disk cuts off, and the next turn is whole again', async () => {
    const journal = open();
    const { writeSync } = fs;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementationOnce((file: number, data: unknown) => writeSync(file, data as Buffer, 0, 7))
      .mockImplementationOnce(() => {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      });
    const refused = await Promise.allSettled([journal.append('01A.1', '{}'), journal.append('01B.1', '{}')]);
    for (const { status, ...rest } of refused) {
      expect(status).toBe('rejected');
      expect(rest).toMatchObject({ reason: { code: 'unavailable', status: 503, retryAfterSeconds: 5 } });
    }
    await healed(journal);
    await journal.append('01D.1', '{}');
    expect(keysIn(pathOf(journal)).filter((key) => key !== '01H.1')).toEqual(['01D.1']);
    expect(readFileSync(pathOf(journal), 'utf8')).not.toContain('01A');
  });

  it('takes ends of calls while a full disk refuses new ones, out of the room that it kept for them', async () => {
    const journal = open();
    await journal.append('01A.1', '{"state":"dispatched"}');
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const { writeSync } = fs;
    // The disk is full until the reserve is released.
    jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
      if (existsSync(resolve('journal.reserve'))) throw full;
      return (writeSync as (...all: unknown[]) => number)(...args);
    });
    const both = await Promise.allSettled([
      journal.append('01B.1', '{"state":"dispatched"}'),
      journal.end('01A.1', '{"state":"settled"}'),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(journal.append('01C.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
    expect(readFileSync(pathOf(journal), 'utf8')).toBe(
      encodeRecord('01A.1', '{"state":"dispatched"}') + encodeRecord('01A.1', '{"state":"settled"}'),
    );
  });

  it('says whether a line that it refuses may be in the file', async () => {
    const journal = open(Infinity, 'always');
    const broken = Object.assign(new Error('i/o error'), { code: 'EIO' });
    const synced = jest.spyOn(fs, 'fdatasync').mockImplementation(((_file: number, done: (error: Error) => void) => {
      setImmediate(() => done(broken));
    }) as typeof fs.fdatasync);
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable', mayBeWritten: true });
    await expect(journal.append('01B.1', '{}')).rejects.toMatchObject({ code: 'unavailable', mayBeWritten: false });
    expect(keysIn(pathOf(journal))).toEqual(['01A.1']);
    synced.mockRestore();
    await healed(journal);
  });

  it('does not call a disk healed that takes nothing yet', async () => {
    const journal = open();
    const writeSync = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('i/o error'), { code: 'EIO' });
    });
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable', mayBeWritten: false });
    const tried = writeSync.mock.calls.length;
    await eventually(() => writeSync.mock.calls.length > tried + 1 || undefined);
    await expect(journal.append('01B.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
    writeSync.mockRestore();
    await healed(journal);
  });

  it('writes the ends that a broken disk refused as soon as it can', async () => {
    const journal = open();
    const writeSync = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('i/o error'), { code: 'EIO' });
    });
    await expect(journal.end('01A.1', '{"state":"settled"}')).rejects.toMatchObject({ code: 'unavailable' });
    writeSync.mockRestore();
    await eventually(() => keysIn(pathOf(journal)).includes('01A.1') || undefined);
    await healed(journal);
    expect(keysIn(pathOf(journal)).filter((key) => key === '01A.1')).toHaveLength(1);
  });

  it('refuses new calls when it holds as much as it may, and still takes the ends of others', async () => {
    const journal = open(100);
    await journal.append('01A.1', JSON.stringify('x'.repeat(100)));
    await expect(journal.append('01B.1', '{}')).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    await journal.end('01A.1', '{}');
    expect(keysIn(pathOf(journal))).toEqual(['01A.1', '01A.1']);
  });

  it('refuses lines while its file is broken', async () => {
    const openSync = jest.spyOn(fs, 'openSync');
    const journal = open();
    fs.closeSync(openSync.mock.results[0]?.value as number);
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['deleted', () => rmSync(directory, { recursive: true })],
    [
      'replaced',
      () => (renameSync(directory, `${directory}-away`), mkdirSync(resolve('journal'), { recursive: true })),
    ],
  ])('A20: takes nothing once its directory is %s', async (_how, lose) => {
    const journal = open();
    await journal.append('01A.1', '{}');
    expect(journal.isLost).toBe(false);
    await delay(20);
    lose();
    if (_how === 'deleted') await expect(journal.append('01B.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
    await eventually(() => journal.isLost || undefined);
    await expect(journal.append('01C.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
    rmSync(`${directory}-away`, { recursive: true, force: true });
  });

  it('A20: takes lines again once its directory is back', async () => {
    const journal = open();
    renameSync(directory, `${directory}-away`);
    await eventually(() => journal.isLost || undefined);
    renameSync(`${directory}-away`, directory);
    await healed(journal);
    expect(journal.isLost).toBe(false);
  });

  it('A20: notices that the embedded database beside it is gone', async () => {
    mkdirSync(resolve('database'));
    const journal = open();
    await delay(300);
    rmSync(resolve('database'), { recursive: true });
    await eventually(() => journal.isLost || undefined);
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('begins a new segment when one is full', async () => {
    const journal = open();
    const json = JSON.stringify('x'.repeat(11 * MEGABYTE));
    for (const key of ['01A.1', '01B.1', '01C.1', '01D.1']) await journal.append(key, json);
    expect(journal.segments().map(({ instanceId }) => instanceId)).toEqual([journal.instanceId, journal.instanceId]);
    expect(keysIn(pathOf(journal, 0))).toEqual(['01A.1', '01B.1', '01C.1']);
    expect(keysIn(pathOf(journal, 1))).toEqual(['01D.1']);
    expect(pathOf(journal, 0) < pathOf(journal, 1)).toBe(true);
  });

  it('acknowledges what is written even where no new segment can be made, and makes it later', async () => {
    const journal = open();
    const full = JSON.stringify('x'.repeat(32 * MEGABYTE));
    jest.spyOn(fs, 'openSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    });
    await journal.append('01A.1', full);
    expect(journal.segments()).toHaveLength(1);
    await journal.append('01B.1', full);
    await journal.append('01C.1', '{}');
    expect([keysIn(pathOf(journal, 0)), keysIn(pathOf(journal, 1))]).toEqual([['01A.1', '01B.1'], ['01C.1']]);
  });

  it('lists what stopped instances left, oldest first, and nothing of its own', async () => {
    const dead = open();
    await dead.append('01A.1', JSON.stringify('x'.repeat(32 * MEGABYTE)));
    const later = open();
    writeFileSync(`${pathOf(dead, 0)}.drained`, '000000000042');
    const journal = open();
    expect(journal.leftovers()).toEqual([...dead.segments(), ...later.segments()]);
    expect(later.leftovers()).toEqual([...dead.segments(), ...journal.segments()]);
  });

  it.each([
    [undefined, 0],
    ['000000000042', 42],
    ['', 0],
    ['\0\0\0', 0],
  ])('reads how far a segment is drained from %j', (text, bytes) => {
    const journal = open();
    const segment = { instanceId: 'instance_dead', path: resolve('journal', 'instance_dead.000001.journal') };
    if (text !== undefined) writeFileSync(`${segment.path}.drained`, text);
    expect(journal.drainedBytes(segment)).toBe(bytes);
  });

  it('removes a segment with its offset, and then takes no line for it', async () => {
    const journal = open();
    const [segment = { instanceId: '', path: '' }] = journal.segments();
    writeFileSync(`${segment.path}.drained`, '000000000000');
    journal.remove(segment);
    journal.remove(segment);
    expect([existsSync(segment.path), readdirSync(resolve('journal'))]).toEqual([false, []]);
    await expect(journal.append('01A.1', '{}')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
