import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const PROGRAM = resolve(__dirname, '../support/batch-owner.cjs');

/** Holds and attempts of a batch survive the kill of its instance and of the next one; those of the instances do not. */
describe('kill -9 of an instance that runs a batch', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());

  it('ends neither its attempts nor its hold', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const budget = { team_id: teamId, limit_usd: '1', window: 'total' };
    const { id } = (await gateway.admin('POST', '/admin/budgets', budget)).body;
    const rows = async () =>
      (await gateway.admin('GET', `/admin/requests?team_id=${teamId}`)).body.data.map((row: any) => [
        row.custom_id,
        row.state,
        row.cost_usd,
      ]);
    const money = async () => {
      const { body } = await gateway.admin('GET', `/admin/budgets/${id}`);
      return [body.spent_usd, body.reserved_usd];
    };
    const open = ['c', 'b', 'a'].map((name) => [name, 'dispatched', '0.1']);
    // Only one process at a time can open the embedded database.
    await gateway.terminate();
    const instance = work('open', gateway, teamId, keyId);
    expect(await said(instance)).toBe('opened\n');
    instance.kill('SIGKILL');
    await once(instance, 'exit');

    await gateway.start();
    await eventually(async () => ((await rows()).length === 3 ? true : undefined), 30_000);
    expect([await rows(), await money()]).toEqual([open, ['0', '0.3']]);
    const asked = gateway.chat(key, '[[delay=60000]] never ends', { max_tokens: 100 }).catch(() => undefined);
    await eventually(async () => ((await rows()).length === 4 ? true : undefined), 30_000);
    await gateway.kill();
    await asked;
    await gateway.start();
    await eventually(
      async () =>
        (await rows()).every(([name, state]: string[]) => name !== null || state === 'unknown') ? true : undefined,
      30_000,
    );
    expect((await rows()).slice(1)).toEqual(open);
    const [[, , unknownUsd]] = await rows();
    expect(await money()).toEqual([unknownUsd, '0.3']);

    await gateway.terminate();
    const other = work('settle', gateway, teamId, keyId);
    expect(await said(other)).toBe('unknown 1\n');
    if (other.exitCode === null) await once(other, 'exit');
    expect(other.exitCode).toBe(0);
    await gateway.start();
    expect((await rows()).slice(1)).toEqual([
      ['c', 'unknown', '0.1'],
      ['b', 'settled', '0.04'],
      ['a', 'settled', '0.04'],
    ]);
    const [spentUsd, reservedUsd] = await money();
    expect([Number(spentUsd) - Number(unknownUsd), reservedUsd]).toEqual([expect.closeTo(0.18, 9), '0']);
  }, 180_000);
});

function work(
  step: 'open' | 'settle',
  { env, dataDirectory }: RunningGateway,
  teamId: string,
  keyId: string,
): ChildProcess {
  return spawn(process.execPath, [PROGRAM, step, teamId, keyId], {
    env,
    cwd: dataDirectory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The first output of a process, or its end. */
async function said(process: ChildProcess): Promise<string> {
  const [first] = (await Promise.race([once(process.stdout ?? process, 'data'), once(process, 'exit')])) as unknown[];
  return String(first);
}
