import type { GatewayConfig } from '../config/gateway-config';
import type { KeyHasher } from '../keys/key-hasher.service';
import type { AdminKeyRepository } from './admin-key.repository';
import { AdminKey } from './admin-key.service';

describe("the administrator's key", () => {
  /** The one row that all processes share. */
  let row: string | undefined;
  let check: string | undefined;
  const repository: Pick<AdminKeyRepository, 'put' | 'putIfAbsent' | 'secretKeyCheck' | 'replaceSecretKeyCheck'> = {
    replaceSecretKeyCheck: (hash) => Promise.resolve(void (check = hash)),
    secretKeyCheck: (hash) => Promise.resolve((check ??= hash)),
    put: (hash) => Promise.resolve(void (row = hash)),
    putIfAbsent: (hash) => Promise.resolve((row ??= hash)),
  };
  const under = (secretKey: string, text: string) => Buffer.from(secretKey + text).toString('hex');
  let [secretKey, previous] = ['', undefined as string | undefined];
  const hasher: Pick<KeyHasher, 'hash' | 'previousHash'> = {
    hash: (text) => under(secretKey, text),
    previousHash: (text) => (previous === undefined ? undefined : under(previous, text)),
  };
  const start = async (adminKey?: string) => {
    const key = new AdminKey({ adminKey } as GatewayConfig, repository as AdminKeyRepository, hasher as KeyHasher);
    await key.onModuleInit();
    return key;
  };
  const administrator = {
    role: 'platform_admin',
    teamId: 'team_platform',
    keyId: 'admin',
    models: null,
    rpmLimit: null,
  };

  beforeEach(() => {
    row = undefined;
    check = undefined;
    [secretKey, previous] = ['', undefined];
  });

  it('starts under a new SECRET_KEY beside the previous one, and then without that', async () => {
    const { generated = '' } = await start();
    [secretKey, previous] = ['new', ''];
    expect((await start()).find(generated)).toEqual(administrator);
    previous = undefined;
    await start('sk-admin-0123456789');
    secretKey = 'another';
    await expect(start()).rejects.toThrow(/SECRET_KEY: is not the one/);
  });

  it('N3: does not start under another SECRET_KEY than the database was made with', async () => {
    await start('sk-admin-0123456789');
    const [before, checked] = [row, check];
    check = 'the hash under another one';
    await expect(start('sk-admin-0123456789')).rejects.toThrow(/SECRET_KEY: is not the one/);
    expect(row).toBe(before);
    check = checked;
    expect((await start('sk-admin-0123456789')).generated).toBeUndefined();
  });

  it('is generated at the first start and valid at the next', async () => {
    const { generated = '' } = await start();
    expect(generated).toMatch(/^sk-tg-admin-[\w-]{43}$/);
    const next = await start();
    expect(next.generated).toBeUndefined();
    expect(next.find(generated)).toEqual(administrator);
  });

  it('is the same for processes that start at once', async () => {
    const processes = await Promise.all([start(), start(), start()]);
    const made = processes.flatMap(({ generated }) => generated ?? []);
    expect(made).toHaveLength(1);
    for (const process of processes) expect(process.find(made[0] ?? '')).toEqual(administrator);
  });

  it('is ADMIN_KEY if that is set, also at later starts without it', async () => {
    const before = await start();
    const configured = await start('an administrator chose this');
    expect(configured.generated).toBeUndefined();
    expect(configured.find('an administrator chose this')).toEqual(administrator);
    expect(configured.find(before.generated ?? '')).toBeUndefined();
    expect((await start()).find('an administrator chose this')).toEqual(administrator);
  });

  it('is not found for any other text', async () => {
    const key = await start('an administrator chose this');
    for (const text of ['', 'an administrator chose thi', 'an administrator chose thiS'])
      expect(key.find(text)).toBeUndefined();
  });
});
