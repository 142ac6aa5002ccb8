import { Clock } from '../common/clock';
import type { ChangeFeed } from '../database/change-feed.service';
import { ApiKeyDirectory } from './api-key-directory.service';
import type { KeyLookUps } from './key-look-ups.service';
import type { KeyHasher } from './key-hasher.service';
import type { DirectoryRow, KeyDirectoryRepository } from './key-directory.repository';

const NOW = Date.parse('2026-11-23T09:00:00Z');

class SetClock extends Clock {
  nowMs = NOW;
  override now(): number {
    return this.nowMs;
  }
}

const row = (id: string, revision: bigint, more: Partial<DirectoryRow> = {}): DirectoryRow => ({
  id,
  name: 'nightly',
  team_id: 'team_1',
  role: 'member',
  hash: `hash of sk-tg-${id}`,
  models: null,
  rpm_limit: null,
  batch_lines_count: false,
  default_max_tokens: null,
  cache: null,
  expires_at: null,
  revoked_at: null,
  replaced_by: null,
  revision,
  ...more,
});

describe('the directory of keys', () => {
  const clock = new SetClock();
  let rows: DirectoryRow[];
  let changed: () => Promise<void>;
  let changedSince: jest.Mock<Promise<DirectoryRow[]>, [bigint]>;
  let directory: ApiKeyDirectory;
  const stored = (hash: string) => rows.find((each) => each.hash === hash);

  beforeEach(async () => {
    clock.nowMs = NOW;
    rows = [row('one', 1n, { models: ['gpt-4.1'], rpm_limit: 60 }), row('two', 2n)];
    changedSince = jest.fn((revision) => Promise.resolve(rows.filter((each) => each.revision > revision)));
    directory = new ApiKeyDirectory(
      { changedSince } as Pick<KeyDirectoryRepository, 'changedSince'> as KeyDirectoryRepository,
      {
        hash: (text) => `hash of ${text}`,
        previousHash: (text) => `older hash of ${text}`,
      } as Pick<KeyHasher, 'hash' | 'previousHash'> as KeyHasher,
      clock,
      { onChange: (_, reload) => void (changed = reload) } as Pick<ChangeFeed, 'onChange'> as ChangeFeed,
      { find: async (hash) => stored(hash) } as Pick<KeyLookUps, 'find'> as KeyLookUps,
    );
    await directory.onModuleInit();
  });

  it('finds the caller of a key', () => {
    expect(directory.find('sk-tg-one')).toEqual({
      role: 'member',
      teamId: 'team_1',
      keyId: 'one',
      keyName: 'nightly',
      models: ['gpt-4.1'],
      rpmLimit: 60,
      batchLinesCount: false,
      defaultMaxTokens: null,
      revocation: expect.objectContaining({ aborted: false }),
    });
    expect(directory.find('sk-tg-three')).toBeUndefined();
    expect(directory.find('one')).toBeUndefined();
  });

  it('finds keys that were made under SECRET_KEY_PREVIOUS, until they are revoked', async () => {
    rows = [row('three', 3n, { hash: 'older hash of sk-tg-three' })];
    await changed();
    expect(directory.find('sk-tg-three')?.keyId).toBe('three');
    rows = [row('three', 4n, { hash: 'older hash of sk-tg-three', revoked_at: new Date(NOW) })];
    await changed();
    expect(directory.find('sk-tg-three')).toBeUndefined();
  });

  it('reads only changes, and removes revoked keys', async () => {
    rows = [row('one', 3n, { revoked_at: new Date(NOW) }), row('two', 4n, { rpm_limit: 5 }), row('three', 5n)];
    await changed();
    expect(changedSince).toHaveBeenLastCalledWith(2n);
    expect(directory.find('sk-tg-one')).toBeUndefined();
    expect(directory.find('sk-tg-two')?.rpmLimit).toBe(5);
    expect(directory.find('sk-tg-three')?.keyId).toBe('three');
  });

  it('A23: ends the calls of a revoked key, also those that began before its last change', async () => {
    const stopped: string[] = [];
    for (const id of ['one', 'two'])
      directory.callerOf(id)?.revocation?.addEventListener('abort', () => stopped.push(id));
    rows = [row('one', 3n, { rpm_limit: 1 }), row('two', 4n, { expires_at: new Date(NOW - 1) })];
    await changed();
    expect(stopped).toEqual([]);
    rows = [row('one', 5n, { revoked_at: new Date(NOW), replaced_by: 'two' })];
    await changed();
    expect(stopped).toEqual(['one']);
  });

  it('checks the expiry at each call', async () => {
    rows = [row('one', 3n, { expires_at: new Date(NOW + 1_000) })];
    await changed();
    clock.nowMs += 999;
    expect(directory.find('sk-tg-one')).toBeDefined();
    clock.nowMs += 1;
    expect(directory.find('sk-tg-one')).toBeUndefined();
  });

  it('finds the caller of work in progress', async () => {
    expect(directory.callerOf('one')).toEqual(directory.find('sk-tg-one'));
    rows = [row('one', 3n, { revoked_at: new Date(NOW) })];
    await changed();
    expect(directory.callerOf('one')).toBeUndefined();
    expect(directory.callerOf('three')).toBeUndefined();
  });

  it('B5: looks in the database for the key of work that another replica has made a moment ago', async () => {
    rows = [row('three', 3n), row('four', 4n, { revoked_at: new Date(NOW) })];
    expect(directory.callerOf('three')).toBeUndefined();
    expect(await directory.lookUpCallerOf('three')).toMatchObject({ keyId: 'three' });
    expect(await directory.lookUpCallerOf('four')).toBeUndefined();
    const reads = changedSince.mock.calls.length;
    expect(await directory.lookUpWorking('three')).toMatchObject({ keyId: 'three' });
    expect(changedSince.mock.calls.length).toBe(reads);
    changedSince.mockRejectedValueOnce(new Error('the database is away'));
    await expect(directory.lookUpCallerOf('five')).rejects.toThrow('away');
  });

  it('finds the successor for the work of a replaced key', async () => {
    const replaced = row('one', 3n, { replaced_by: 'two', expires_at: new Date(NOW + 1_000) });
    rows = [replaced, row('two', 4n, { replaced_by: 'three', revoked_at: new Date(NOW) }), row('three', 5n)];
    await changed();
    expect(directory.callerOf('one')?.keyId).toBe('one');
    clock.nowMs += 1_000;
    expect(directory.callerOf('one')?.keyId).toBe('three');
    expect(directory.find('sk-tg-one')).toBeUndefined();
    rows = [row('three', 6n, { revoked_at: new Date(NOW) })];
    await changed();
    expect(directory.callerOf('one')).toBeUndefined();
  });

  it('does not restore a revoked key after a slow reload', async () => {
    let resolveFirst: ((rows: DirectoryRow[]) => void) | undefined;
    changedSince.mockImplementationOnce(() => new Promise((resolve) => (resolveFirst = resolve)));
    const first = changed();
    // The first reload has begun: it does not see what changes now.
    await Promise.resolve();
    rows = [row('one', 4n, { revoked_at: new Date(NOW) })];
    const second = changed();
    await Promise.resolve();
    resolveFirst?.([row('one', 3n)]);
    await Promise.all([first, second]);
    expect(directory.find('sk-tg-one')).toBeUndefined();
  });

  it('N13: looks up a key that another replica has made, and keeps it', async () => {
    const text = `sk-tg-${'k'.repeat(43)}`;
    rows = [row('k'.repeat(43), 9n), row('three', 8n)];
    expect(directory.find(text)).toBeUndefined();
    expect(await directory.lookUp(text)).toMatchObject({ keyId: 'k'.repeat(43) });
    expect(directory.find(text)).toBeDefined();
    expect(directory.find('sk-tg-three')).toBeDefined();
    expect(await directory.lookUp(`sk-tg-${'x'.repeat(43)}`)).toBeUndefined();
    expect(await directory.lookUp('sk-tg-three')).toBeUndefined();
  });

  it.each([
    [{ revoked_at: new Date(NOW - 1) }, { how: 'revoked', at: new Date(NOW - 1) }],
    [
      { revoked_at: new Date(NOW - 1), replaced_by: 'two' },
      { how: 'replaced', at: new Date(NOW - 1) },
    ],
    [
      { expires_at: new Date(NOW - 1), replaced_by: 'two' },
      { how: 'replaced', at: new Date(NOW - 1) },
    ],
    [{ expires_at: new Date(NOW) }, { how: 'expired', at: new Date(NOW) }],
  ] as const)('N18: knows why a key with %j does not work', async (more, end) => {
    const id = 'k'.repeat(43);
    rows = [row(id, 9n, more)];
    expect(await directory.lookUp(`sk-tg-${id}`)).toEqual(end);
  });

  it('N18: knows of an expiry also while the database is away', async () => {
    const id = 'k'.repeat(43);
    rows = [row(id, 9n, { expires_at: new Date(NOW) })];
    await changed();
    rows = [];
    expect(await directory.lookUp(`sk-tg-${id}`)).toEqual({ how: 'expired', at: new Date(NOW) });
  });

  it('reloads after a failed reload', async () => {
    changedSince.mockRejectedValueOnce(new Error('the database is away'));
    await expect(changed()).rejects.toThrow('away');
    rows = [row('three', 3n)];
    await changed();
    expect(directory.find('sk-tg-three')).toBeDefined();
  });
});
