import { Slots } from './slots';

const A = 'team_a';
const B = 'team_b';

describe('Slots', () => {
  it('give all free ones, then serve callers in the order in which they wait', async () => {
    const slots = new Slots(4);
    expect(await slots.take(A)).toBe(4);
    const first = slots.take(A);
    const second = slots.take(A);
    slots.give(A, 1);
    slots.give(A, 2);
    slots.give(A, 1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(await slots.take(A)).toBe(1);
  });

  it('A6: give a team that comes later its share first, however much another one wants', async () => {
    const slots = new Slots(4);
    const got: [string, number][] = [];
    /** A team that has always more lines. It comes back some time after it was served, as a claim of lines takes its time. */
    const want = async (teamId: string): Promise<void> => {
      got.push([teamId, await slots.take(teamId)]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      void want(teamId);
    };
    expect(await slots.take(A)).toBe(4);
    void want(A);
    void want(B);
    // All lines end in one turn of the event loop.
    for (let line = 0; line < 4; line += 1) slots.give(A, 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const slotsOf = (teamId: string) => got.reduce((sum, [team, count]) => sum + (team === teamId ? count : 0), 0);
    expect([slotsOf(A), slotsOf(B)]).toEqual([2, 2]);
    slots.close();
  });

  it('A6: leave no slot free that somebody waits for', async () => {
    const slots = new Slots(4);
    expect(await slots.take(A)).toBe(4);
    const others = [slots.take(B), slots.take('team_c')];
    slots.give(A, 1);
    slots.give(A, 1);
    expect(await Promise.all(others)).toEqual([1, 1]);
    const again = slots.take(B);
    slots.leave('team_c');
    slots.give(A, 1);
    expect(await again).toBe(1);
    slots.leave(B);
    const rest = slots.take(A);
    slots.give(B, 2);
    expect(await rest).toBe(2);
    slots.give('team_c', 1);
    slots.give(A, 3);
    expect(await slots.take(A)).toBe(4);
  });

  it('give all to a caller that needs all, and nothing to others before', async () => {
    const slots = new Slots(3);
    const taken = await slots.take(A);
    const got: string[] = [];
    void slots.takeAll(A).then((all) => got.push(`all ${all}`));
    void slots.take(B).then((some) => got.push(`some ${some}`));
    slots.give(A, taken - 1);
    await Promise.resolve();
    expect(got).toEqual([]);
    slots.give(A, 1);
    await Promise.resolve();
    expect(got).toEqual(['all 3']);
    slots.leave(A);
    slots.give(A, 3);
    await Promise.resolve();
    expect(got).toEqual(['all 3', 'some 3']);
  });

  it('release waiting callers on close', async () => {
    const slots = new Slots(1);
    await slots.take(A);
    const waiting = slots.take(B);
    slots.close();
    slots.give(A, 1);
    expect(await waiting).toBe(0);
    expect(await slots.take(A)).toBe(0);
  });
});
