import type { DirectoryRow, KeyDirectoryRepository } from './key-directory.repository';
import { KeyLookUps } from './key-look-ups.service';

const row = (hash: string) => ({ hash }) as DirectoryRow;

describe('N13: look-ups of unknown keys', () => {
  const withHashes = jest.fn<Promise<DirectoryRow[]>, [readonly string[]]>();
  let lookUps: KeyLookUps;

  beforeEach(() => {
    jest.useFakeTimers();
    withHashes.mockReset().mockImplementation(async (hashes) => hashes.filter((hash) => hash === 'new').map(row));
    lookUps = new KeyLookUps({ withHashes } as Partial<KeyDirectoryRepository> as KeyDirectoryRepository);
  });
  afterEach(() => void jest.useRealTimers());

  it('are one query for all keys of a moment; that there is none counts for a second', async () => {
    const ask = () => Promise.all(['new', 'wrong', 'wrong'].map((hash) => lookUps.find(hash)));
    expect(await ask()).toEqual([row('new'), undefined, undefined]);
    jest.advanceTimersByTime(999);
    await ask();
    expect(withHashes.mock.calls).toEqual([[['new', 'wrong']], [['new']]]);
    jest.advanceTimersByTime(1);
    await ask();
    expect(withHashes.mock.calls[2]).toEqual([['new', 'wrong']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('A19: that there is none counts for a second, also where the clock is set back', async () => {
    jest.setSystemTime(Date.UTC(2026, 10, 30, 12));
    withHashes.mockResolvedValueOnce([]);
    expect(await lookUps.find('new')).toBeUndefined();
    jest.setSystemTime(Date.UTC(2026, 10, 30, 10));
    jest.advanceTimersByTime(1_000);
    expect(await lookUps.find('new')).toEqual(row('new'));
  });

  it('run one at a time, and wait for half a second', async () => {
    let respond: (rows: DirectoryRow[]) => void = () => undefined;
    withHashes.mockImplementationOnce(() => new Promise((resolve) => (respond = resolve)));
    const first = lookUps.find('new');
    await jest.advanceTimersByTimeAsync(100);
    const others = Array.from({ length: 2_000 }, (_, index) => lookUps.find(`wrong ${index}`));
    await jest.advanceTimersByTimeAsync(500);
    expect(await first).toBeUndefined();
    expect(new Set(await Promise.all(others))).toEqual(new Set([undefined]));
    expect(withHashes).toHaveBeenCalledTimes(1);
    respond([]);
    await jest.advanceTimersByTimeAsync(0);
    expect(withHashes).toHaveBeenCalledTimes(2);
    expect(withHashes.mock.calls[1]?.[0]).toHaveLength(1_000);
  });

  it('find nothing while the database is away, and find it again after it', async () => {
    withHashes.mockRejectedValueOnce(new Error('the database is away'));
    expect(await lookUps.find('new')).toBeUndefined();
    jest.advanceTimersByTime(1_000);
    expect(await lookUps.find('new')).toEqual(row('new'));
  });
});
