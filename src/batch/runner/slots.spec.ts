import { Slots } from './slots';

describe('Slots', () => {
  it('give all free ones, then serve callers in the order in which they wait', async () => {
    const slots = new Slots(4);
    expect(await slots.take()).toBe(4);
    const first = slots.take();
    const second = slots.take();
    slots.give(1);
    slots.give(2);
    slots.give(1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(await slots.take()).toBe(1);
  });

  it('release waiting callers on close', async () => {
    const slots = new Slots(1);
    await slots.take();
    const waiting = slots.take();
    slots.close();
    slots.give(1);
    expect(await waiting).toBe(0);
    expect(await slots.take()).toBe(0);
  });
});
