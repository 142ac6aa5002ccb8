import type { JournalRecord } from '../journal/journal-record';
import { FakeLedger } from '../testing/fake-ledger';

const record = (key: string, more: object = {}): JournalRecord => ({
  key,
  json: Buffer.from(JSON.stringify({ id: key, state: 'settled', ...more })),
});

/** A1: one row that the database refuses held up the rows of every team, for ever. */
describe('a group of rows that the database refuses', () => {
  let ledger: FakeLedger;
  /** Writes a group as the drain does, and says what it failed by. */
  const write = async (records: JournalRecord[]): Promise<unknown> => {
    try {
      await ledger.write(records.map(({ json }) => json));
    } catch (error) {
      return writer(records, error).then(
        () => undefined,
        (failure: unknown) => failure,
      );
    }
    return undefined;
  };
  let writer: (records: JournalRecord[], error: unknown) => Promise<void>;

  beforeEach(() => {
    ledger = new FakeLedger();
    const [, rowWriter] = ledger.asParts();
    writer = (records, error) => rowWriter.writeApart(records, error);
  });

  it.each(['22P05', '23502', '54000', '42883', 'XX000'])(
    'lands without the row that fails alone by %s',
    async (code) => {
      Object.assign(ledger, { refused: '01B.1', refusedBy: code });
      expect(await write(['01A.1', '01B.1', '01C.1'].map((key) => record(key)))).toBeUndefined();
      expect(Object.keys(ledger.states())).toEqual(['01A.1', '01C.1']);
      expect(ledger.setAside).toEqual([expect.stringMatching(/^01B\.1 /)]);
    },
  );

  it.each(['40P01', '57014', '08006', undefined])(
    'fails ten times by %s, which may pass, before its row is set aside',
    async (code) => {
      Object.assign(ledger, { refused: '01A.1', refusedBy: code });
      const group = ['01A.1', '01B.1'].map((key) => record(key));
      for (let times = 1; times < 10; times += 1) expect(await write(group)).toMatchObject({ message: 'invalid' });
      expect(ledger.setAside).toEqual([]);
      expect(await write(group)).toBeUndefined();
      expect([ledger.states(), ledger.setAside]).toEqual([{ '01B.1': 'settled' }, [expect.stringMatching(/^01A\.1/)]]);
    },
  );

  it('waits for a disk of the database that is full, however long', async () => {
    Object.assign(ledger, { refused: '01A.1', refusedBy: '53100' });
    for (let times = 1; times <= 20; times += 1) expect(await write([record('01A.1')])).toBeDefined();
    expect(ledger.setAside).toEqual([]);
  });

  it('waits for a database that takes no row, whatever it says', async () => {
    Object.assign(ledger, { refused: '01A.1', refusedBy: '23502', acceptsRows: () => Promise.resolve(false) });
    const writes = jest.spyOn(ledger, 'write');
    const group = ['01A.1', '01B.1'].map((key) => record(key));
    expect(await write(group)).toMatchObject({ code: '23502' });
    expect([writes.mock.calls.length, ledger.setAside]).toEqual([1, []]);
  });

  it('finds the one bad row of many with few statements', async () => {
    ledger.refused = '01R500.1';
    const writes = jest.spyOn(ledger, 'write');
    await write(Array.from({ length: 800 }, (_, row) => record(`01R${row + 100}.1`)));
    expect([ledger.rows.size, ledger.setAside.length]).toEqual([799, 1]);
    expect(writes.mock.calls.length).toBeLessThan(40);
  });

  it('A3: lands with its texts mended where they are what is refused', async () => {
    const real = ledger.write.bind(ledger);
    jest.spyOn(ledger, 'write').mockImplementation((rows) => {
      const unstorable = rows.some((row) => /\\u(0000|d[89a-f])/i.test(String(row)));
      return unstorable ? Promise.reject(Object.assign(new Error('invalid'), { code: '22P05' })) : real(rows);
    });
    expect(await write([record('01A.1', { tags: ['\udc00', '\ud800', 'a\0b', '밤'] })])).toBeUndefined();
    expect(ledger.rows.get('01A.1')).toMatchObject({ tags: ['\uFFFD', '\uFFFD', 'a\uFFFDb', '밤'] });
    expect(ledger.setAside).toEqual([]);
  });
});
