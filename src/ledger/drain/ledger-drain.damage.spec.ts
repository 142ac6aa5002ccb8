import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { DataDirectory } from '../../config/data-directory';
import type { Database } from '../../database/database.connection';
import type { GatewayConfig } from '../../config/gateway-config';
import { encodeRecord } from '../journal/journal-record';
import { Journal } from '../journal/journal.service';
import { FakeLedger } from '../testing/fake-ledger';
import { LedgerDrain } from './ledger-drain.service';

const SEGMENT_BYTES = 32 * 1024 * 1024;

describe('the drain of a damaged journal', () => {
  let directory: string;
  let ledger: FakeLedger;
  let close: () => Promise<void>;
  let drain: LedgerDrain;

  const resolve = (...parts: string[]) => join(directory, ...parts);
  const openJournal = () =>
    new Journal({ resolve } as DataDirectory, { journal: { fsync: 'interval', maxBytes: Infinity } } as GatewayConfig);
  const drainOf = (journal: Journal) => {
    const database = { isEmbedded: false, beforeClose: (closer: () => Promise<void>) => void (close = closer) };
    return (drain = new LedgerDrain(journal, ledger.asRepository(), database as Database, ...ledger.asParts()));
  };
  const note = (journal: Journal, id: string, filler = '') =>
    journal.append(id, JSON.stringify({ id, owner: journal.instanceId, state: 'settled', filler }));
  const pathOf = (journal: Journal) => journal.segments().at(-1)?.path ?? '';
  const filesLeft = () => readdirSync(resolve('journal')).toSorted();
  const keys = () => Object.keys(ledger.states());

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-drain-'));
    ledger = new FakeLedger();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('A16: reports damaged lines once, keeps their bytes, and brings all others', async () => {
    const dead = openJournal();
    for (const id of ['01A.1', '01B.1', '01C.1']) await note(dead, id);
    const path = pathOf(dead);
    writeFileSync(path, readFileSync(path, 'utf8').replace('01B', '\0\0\0'));
    ledger.away = true;
    await drainOf(openJournal()).flush();
    ledger.away = false;
    await drain.flush();
    expect(keys()).toEqual(['01A.1', '01C.1']);
    const segment = basename(path);
    expect(ledger.damages).toEqual([{ segment, position: 0, lines: 1, bytes: expect.any(Number) }]);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toMatch(/^[0-9a-f]{8} \0\0\0\.1 \{"id":.*\}\n$/);
    expect(filesLeft().filter((name) => name.startsWith(dead.instanceId))).toEqual([`${segment}.damaged`]);
  });

  it('A16: takes an end that is not whole for cut off in the last segment of an instance alone', async () => {
    const dead = openJournal();
    await note(dead, '01A.1');
    const path = pathOf(dead);
    const torn = encodeRecord('01B.1', '{"id":"01B.1","state":"settled"}').slice(0, -5);
    appendFileSync(path, torn);
    writeFileSync(path.replace('.000001.', '.000002.'), torn);
    await drainOf(openJournal()).flush();
    expect(keys()).toEqual(['01A.1']);
    const damage = { segment: basename(path), lines: 1, bytes: torn.length };
    expect(ledger.damages).toEqual([expect.objectContaining(damage)]);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(`${torn}\n`);
  });

  it('A16: reports the damaged end of a full segment, and brings a last line that lacks its end alone', async () => {
    const journal = openJournal();
    const path = pathOf(journal);
    await note(journal, '01A.1', 'x'.repeat(SEGMENT_BYTES));
    const damaged = encodeRecord('01B.1', '{"id":"01B.1"}').replace('}\n', '??');
    appendFileSync(path, damaged);
    await note(journal, '01C.1');
    truncateSync(pathOf(journal), statSync(pathOf(journal)).size - 1);
    drainOf(journal).onApplicationBootstrap();
    await drain.flush();
    const damage = { segment: basename(path), lines: 1, bytes: damaged.length };
    expect(ledger.damages).toEqual([expect.objectContaining(damage)]);
    await close();
    expect(keys()).toEqual(['01A.1', '01C.1']);
    expect(filesLeft()).toEqual([`${basename(path)}.damaged`]);
  });
});
