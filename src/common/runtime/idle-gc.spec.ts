import { setTimeout as delay } from 'node:timers/promises';
import { IdleCollection, v8Heap } from './idle-gc';

const SECOND_MS = 1_000;
const MIB = 1024 * 1024;

/** A heap that shrinks to what is in use when it is collected. */
class FakeHeap {
  bytes = 100 * MIB;
  inUse = 100 * MIB;
  busy = 0;
  collections = 0;
  size = () => this.bytes;
  utilization = () => this.busy;
  collect = () => {
    this.collections += 1;
    this.bytes = this.inUse;
  };
}

describe('the collection of an idle process', () => {
  let heap: FakeHeap;
  let collection: IdleCollection;

  beforeEach(() => {
    jest.useFakeTimers();
    heap = new FakeHeap();
    collection = IdleCollection.start(heap);
  });
  afterEach(() => {
    collection.stop();
    jest.useRealTimers();
  });

  const pass = (seconds: number) => jest.advanceTimersByTime(seconds * SECOND_MS);

  it('comes two seconds after the start has ended, and after a burst, and not while it lasts', () => {
    for (const number of [1, 2]) {
      heap.bytes = 150 * MIB;
      heap.busy = 0.9;
      pass(60);
      expect(heap.collections).toBe(number - 1);
      heap.busy = 0.01;
      pass(1);
      expect(heap.collections).toBe(number - 1);
      pass(1);
      expect(heap.collections).toBe(number);
    }
  });

  it('begins to wait anew with each call that takes time', () => {
    heap.bytes = 150 * MIB;
    for (let second = 0; second < 20; second += 1) {
      heap.busy = second % 2 === 0 ? 0.5 : 0;
      pass(1);
    }
    expect(heap.collections).toBe(0);
  });

  it('is left alone where it would bring little, also when more is in use than before', () => {
    pass(60);
    expect(heap.collections).toBe(1);
    heap.bytes = 109 * MIB;
    pass(60);
    expect(heap.collections).toBe(1);
    heap.bytes = 180 * MIB;
    heap.inUse = 140 * MIB;
    pass(60);
    expect(heap.collections).toBe(2);
    heap.bytes = 150 * MIB;
    pass(60);
    expect(heap.collections).toBe(2);
    heap.bytes = 155 * MIB;
    pass(60);
    expect(heap.collections).toBe(3);
  });
});

describe("this process's heap", () => {
  it('gives back pages on which little lives', () => {
    const heap = v8Heap();
    heap.collect();
    const before = heap.size();
    let objects = Array.from({ length: 1_000_000 }, (_, number) => ({ number }));
    objects = objects.filter((_, index) => index % 50 === 0);
    const grown = heap.size() - before;
    expect(grown).toBeGreaterThan(16 * MIB);
    heap.collect();
    expect(heap.size() - before).toBeLessThan(grown / 2);
    expect(objects).toHaveLength(20_000);
  });

  it('says how busy the event loop was since it was last asked', async () => {
    const heap = v8Heap();
    const work = () => {
      for (const until = performance.now() + 50; performance.now() < until;);
    };
    work();
    expect(heap.utilization()).toBeGreaterThan(0.5);
    await delay(300);
    expect(heap.utilization()).toBeLessThan(0.5);
    work();
    expect(heap.utilization()).toBeGreaterThan(0.5);
  });
});
