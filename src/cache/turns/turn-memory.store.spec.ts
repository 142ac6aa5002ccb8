import { TurnMemory } from './turn-memory.store';

const TTL_SECONDS = 3_600;
const keyOf = (team: string, name: string) => `turn:${team}:${name}`;
/** A turn of so many bytes in memory. */
const aTurn = (bytes: number) => 'a'.repeat((bytes - 500) / 2);

describe('the memory of turns', () => {
  it('A18: makes room among the turns of the team that takes the most', async () => {
    const memory = new TurnMemory(1_000_000, TTL_SECONDS);
    const has = async (team: string, name: string) => (await memory.get(keyOf(team, name))) !== undefined;
    for (let index = 0; index < 10; index += 1) await memory.set(keyOf('team_1', `${index}`), aTurn(10_000));
    for (let index = 0; index < 50; index += 1) await memory.set(keyOf('team_2', `${index}`), aTurn(100_000));
    expect(await Promise.all(Array.from({ length: 10 }, (_, index) => has('team_1', `${index}`)))).not.toContain(false);
    expect(await Promise.all([40, 41, 49].map((index) => has('team_2', `${index}`)))).toEqual([false, true, true]);
  });

  it('A18: does not store in full memory what takes more than all that any other team has', async () => {
    const memory = new TurnMemory(1_000_000, TTL_SECONDS);
    for (let team = 0; team < 9; team += 1) await memory.set(keyOf(`team_${team}`, 'a'), aTurn(100_000));
    await memory.set(keyOf('team_9', 'huge'), aTurn(500_000));
    expect(await memory.get(keyOf('team_9', 'huge'))).toBeUndefined();
    expect(await memory.get(keyOf('team_0', 'a'))).toBeDefined();
  });

  it('removes the least recently used turn of a team, and counts a turn that is stored again once', async () => {
    const memory = new TurnMemory(1_000_000, TTL_SECONDS);
    for (const name of ['a', 'b', 'c']) await memory.set(keyOf('team_1', name), aTurn(300_000));
    await memory.get(keyOf('team_1', 'a'));
    for (let again = 0; again < 5; again += 1) await memory.set(keyOf('team_1', 'c'), aTurn(300_000));
    await memory.set(keyOf('team_1', 'd'), aTurn(300_000));
    const found = await Promise.all(['a', 'b', 'c', 'd'].map((name) => memory.get(keyOf('team_1', name))));
    expect(found.map((json) => json !== undefined)).toEqual([true, false, true, true]);
  });

  it('has no turn for longer than its TTL', async () => {
    const memory = new TurnMemory(1_000_000, 0.02);
    await memory.set(keyOf('team_1', 'a'), aTurn(10_000));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await memory.get(keyOf('team_1', 'a'))).toBeUndefined();
  });
});
