import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataDirectory } from '../../config/data-directory';
import type { Database } from '../../database/database.connection';
import type { GatewayConfig } from '../../config/gateway-config';
import { Journal } from '../journal/journal.service';
import { encodeRecord } from '../journal/journal-record';
import { LedgerDrain } from './ledger-drain.service';
import { FakeLedger } from '../testing/fake-ledger';

describe('the drain of the journal', () => {
  let directory: string;
  let ledger: FakeLedger;
  let close: () => Promise<void>;
  let drain: LedgerDrain;

  const resolve = (...parts: string[]) => join(directory, ...parts);
  const openJournal = () =>
    new Journal({ resolve } as DataDirectory, { journal: { fsync: 'interval', maxBytes: Infinity } } as GatewayConfig);
  const drainOf = (journal: Journal, isEmbedded = false) => {
    const database = { isEmbedded, beforeClose: (closer: () => Promise<void>) => void (close = closer) } as Database;
    return (drain = new LedgerDrain(journal, ledger.asRepository(), database, ...ledger.asParts()));
  };
  const note = (journal: Journal, id: string, state: string) =>
    journal.append(id, JSON.stringify({ id, owner: journal.instanceId, state }));
  const filesLeft = () => readdirSync(resolve('journal')).toSorted();

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-drain-'));
    ledger = new FakeLedger();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    rmSync(directory, { recursive: true, force: true });
  });

  it('writes the last line of each key alone, in the order of keys', async () => {
    const journal = openJournal();
    for (const id of ['01C.1', '01A.1', '01B.1']) await note(journal, id, 'dispatched');
    await note(journal, '01A.1', 'settled');
    await drainOf(journal).flush();
    expect(ledger.writes).toEqual([['01A.1', '01B.1', '01C.1']]);
    await note(journal, '01C.1', 'failed');
    await drain.flush();
    await drain.flush();
    expect(ledger.writes.slice(1)).toEqual([['01C.1']]);
    expect(ledger.states()).toEqual({ '01A.1': 'settled', '01B.1': 'dispatched', '01C.1': 'failed' });
  });

  it.each([
    ['ten times a second', 'a database elsewhere', false, 10],
    ['twice a second', 'the embedded one', true, 2],
  ])('looks %s for what it brings into %s', async (_often, _database, isEmbedded, turns) => {
    jest.useFakeTimers();
    const journal = openJournal();
    const looked = jest.spyOn(journal, 'segments');
    drainOf(journal, isEmbedded).onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    looked.mockClear();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(looked).toHaveBeenCalledTimes(turns);
  });

  it('makes another run for a flush that comes during one', async () => {
    const journal = openJournal();
    let fail = () => {};
    const broken = new Promise<void>((_, reject) => (fail = () => reject(new Error('Connection terminated'))));
    jest.spyOn(ledger, 'write').mockImplementationOnce(() => broken);
    await note(journal, '01A.1', 'settled');
    const first = drainOf(journal).flush();
    await note(journal, '01B.1', 'settled');
    const second = drain.flush();
    fail();
    await Promise.all([first, second]);
    expect(Object.keys(ledger.states())).toEqual(['01A.1', '01B.1']);
  });

  it('leaves lines that come during a run to the next one', async () => {
    const journal = openJournal();
    await note(journal, '01A.1', 'settled');
    const write = ledger.write.bind(ledger);
    jest.spyOn(ledger, 'write').mockImplementationOnce(async (rows) => {
      await note(journal, '01B.1', 'settled');
      await write(rows);
    });
    await drainOf(journal).flush();
    expect(ledger.writes).toEqual([['01A.1']]);
    await drain.flush();
    expect(ledger.writes.slice(1)).toEqual([['01B.1']]);
  });

  it('waits while the database is away, and loses nothing', async () => {
    const journal = openJournal();
    drainOf(journal);
    ledger.away = true;
    await note(journal, '01A.1', 'dispatched');
    await drain.flush();
    await note(journal, '01A.1', 'settled');
    await note(journal, '01B.1', 'dispatched');
    await drain.flush();
    expect([ledger.states(), ledger.setAside]).toEqual([{}, []]);
    ledger.away = false;
    await drain.flush();
    expect(ledger.states()).toEqual({ '01A.1': 'settled', '01B.1': 'dispatched' });
  });

  it('sets a refused row aside, and the others land', async () => {
    const journal = openJournal();
    ledger.refused = '01B.1';
    for (const id of ['01A.1', '01B.1', '01C.1']) await note(journal, id, 'settled');
    await drainOf(journal).flush();
    await note(journal, '01D.1', 'settled');
    await drain.flush();
    expect(Object.keys(ledger.states())).toEqual(['01A.1', '01C.1', '01D.1']);
    expect(ledger.setAside).toEqual([expect.stringMatching(/^01B\.1 .*"settled"/)]);
    expect(drain.state).toBe('ok');
  });

  it('says that it is stuck once the database has taken nothing for ten seconds', async () => {
    const journal = openJournal();
    drainOf(journal);
    ledger.away = true;
    await note(journal, '01A.1', 'settled');
    await drain.flush();
    expect(drain.state).toBe('ok');
    const { now } = performance;
    jest.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 10_000);
    expect(drain.state).toBe('stuck');
    ledger.away = false;
    await drain.flush();
    expect(drain.state).toBe('ok');
  });

  it('sets an open attempt aside that the database does not end, and goes on with others and with its own rows', async () => {
    const dead = openJournal();
    for (const id of ['01A.1', '01B.1']) await note(dead, id, 'dispatched');
    const journal = openJournal();
    await note(journal, '01C.1', 'settled');
    ledger.unendable.add('01A.1');
    await drainOf(journal).flush();
    expect(ledger.states()).toEqual({ '01B.1': 'unknown', '01C.1': 'settled' });
    expect(new Set(ledger.setAside)).toEqual(new Set(['01A.1']));
    expect(filesLeft().every((name) => name.startsWith(journal.instanceId))).toBe(true);
  });

  it('brings what stopped instances left, ends their open attempts after their last line, and removes their files', async () => {
    const dead = openJournal();
    await note(dead, '01A.1', 'dispatched');
    await note(dead, '01B.1', 'dispatched');
    await note(dead, '01A.1', 'settled');
    const [torn = { path: '' }] = openJournal().segments();
    writeFileSync(torn.path, encodeRecord('01C.1', '{"id":"01C.1","state":"settled"}').slice(0, -5));
    const journal = openJournal();
    await note(journal, '01D.1', 'dispatched');
    await drainOf(journal).flush();
    expect(ledger.states()).toEqual({ '01A.1': 'settled', '01B.1': 'unknown', '01D.1': 'dispatched' });
    expect(ledger.closed).toHaveLength(2);
    expect(filesLeft().every((name) => name.startsWith(journal.instanceId))).toBe(true);
  });

  it('ends the open attempts of stopped instances before it brings whatever else they left', async () => {
    const dead = openJournal();
    for (const id of ['01A.1', '01D.1']) await note(dead, id, 'dispatched');
    await drainOf(dead).flush();
    for (const id of ['01B.1', '01C.1', '01E.1']) await note(dead, id, 'dispatched');
    for (const id of ['01B.1', '01D.1']) await note(dead, id, 'settled');
    ledger.writes.length = 0;
    await drainOf(openJournal()).flush();
    expect(ledger.givenUp).toEqual([{ keys: ['01A.1', '01C.1', '01E.1'], afterWrites: 1 }]);
    expect(ledger.writes).toEqual([
      ['01C.1', '01E.1'],
      ['01B.1', '01C.1', '01D.1', '01E.1'],
    ]);
    expect(ledger.states()).toEqual({
      '01A.1': 'unknown',
      '01B.1': 'settled',
      '01C.1': 'unknown',
      '01D.1': 'settled',
      '01E.1': 'unknown',
    });
  });

  it('leaves open what a batch owns, and writes it with all else', async () => {
    const dead = openJournal();
    await note(dead, '01A.1', 'dispatched');
    for (const id of ['01B.1', '01C.1'])
      await dead.append(id, JSON.stringify({ id, owner: 'batch_1', state: 'dispatched' }));
    await dead.append('01C.1', JSON.stringify({ id: '01C.1', owner: 'batch_1', state: 'settled' }));
    await drainOf(openJournal()).flush();
    expect(ledger.givenUp.map(({ keys }) => keys)).toEqual([['01A.1']]);
    expect(ledger.writes).toEqual([['01A.1'], ['01A.1', '01B.1', '01C.1']]);
    expect(ledger.states()).toEqual({ '01A.1': 'unknown', '01B.1': 'dispatched', '01C.1': 'settled' });
  });

  it('is done with one stopped instance before it brings the next one, so that a short life gets somewhere too', async () => {
    const first = openJournal();
    await note(first, '01A.1', 'settled');
    const second = openJournal();
    await note(second, '01B.1', 'settled');
    const closeForGood = ledger.reclaimAll.bind(ledger);
    jest.spyOn(ledger, 'reclaimAll').mockImplementationOnce(async (owner) => {
      const calls = await closeForGood(owner);
      ledger.away = true;
      return calls;
    });
    await drainOf(openJournal()).flush();
    expect(ledger.states()).toEqual({ '01A.1': 'settled' });
    expect(filesLeft().filter((name) => name.startsWith(first.instanceId))).toEqual([]);
    expect(filesLeft()).toContain(`${second.instanceId}.000001.journal`);
  });

  it('goes on where a stopped instance had come to', async () => {
    const dead = openJournal();
    await note(dead, '01A.1', 'settled');
    await note(dead, '01B.1', 'settled');
    const [segment = { path: '' }] = dead.segments();
    const firstLine = readFileSync(segment.path, 'utf8').indexOf('\n') + 1;
    writeFileSync(`${segment.path}.drained`, String(firstLine).padStart(12, '0'));
    await drainOf(openJournal()).flush();
    expect(ledger.writes).toEqual([['01B.1']]);
  });

  it('keeps what stopped instances left until the database has all of it, and may write it again', async () => {
    const dead = openJournal();
    await note(dead, '01A.1', 'dispatched');
    await note(dead, '01B.1', 'settled');
    cpSync(resolve('journal'), resolve('copy'), { recursive: true });
    ledger.away = true;
    const journal = openJournal();
    await drainOf(journal).flush();
    expect(filesLeft()).toContain(`${dead.instanceId}.000001.journal`);
    ledger.away = false;
    await drain.flush();
    const once = { '01A.1': 'unknown', '01B.1': 'settled' };
    expect(ledger.states()).toEqual(once);
    cpSync(resolve('copy'), resolve('journal'), { recursive: true });
    await drainOf(openJournal()).flush();
    expect(ledger.states()).toEqual(once);
  });

  it('removes a full segment once its last line is in the database', async () => {
    const journal = openJournal();
    const full = 'x'.repeat(32 * 1024 * 1024);
    await journal.append('01A.1', JSON.stringify({ id: '01A.1', state: 'settled', owner: full }));
    await note(journal, '01B.1', 'settled');
    await drainOf(journal).flush();
    expect(Object.keys(ledger.states())).toEqual(['01A.1', '01B.1']);
    expect(journal.segments().map(({ path }) => path)).toEqual([
      resolve('journal', `${journal.instanceId}.000002.journal`),
    ]);
  });

  it('leaves no file behind when it ends, and keeps them all when the database is away', async () => {
    for (const away of [true, false]) {
      ledger.away = away;
      const journal = openJournal();
      await note(journal, '01A.1', 'settled');
      drainOf(journal).onApplicationBootstrap();
      await close();
      expect(filesLeft().some((name) => name.endsWith('.journal'))).toBe(away);
    }
  });

  it('rests after its end, also when a run was going on', async () => {
    const open = ledger.block();
    const journal = openJournal();
    await note(journal, '01A.1', 'settled');
    drainOf(journal).onApplicationBootstrap();
    await delay(20);
    const closing = close();
    open();
    await closing;
    const segments = jest.spyOn(journal, 'segments');
    await delay(250);
    expect(segments).not.toHaveBeenCalled();
  });
});
