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

  it('give all to a caller that needs all, and nothing to others before', async () => {
    const slots = new Slots(3);
    const taken = await slots.take();
    const got: string[] = [];
    void slots.takeAll().then((all) => got.push(`all ${all}`));
    void slots.take().then((some) => got.push(`some ${some}`));
    slots.give(taken - 1);
    await Promise.resolve();
    expect(got).toEqual([]);
    slots.give(1);
    await Promise.resolve();
    expect(got).toEqual(['all 3']);
    slots.give(3);
    await Promise.resolve();
    expect(got).toEqual(['all 3', 'some 3']);
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
