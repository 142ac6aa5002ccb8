import { IdleCollection } from './idle-collection';

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

  it('comes two seconds after a burst has ended, and not while it lasts', () => {
    heap.bytes = 150 * MIB;
    heap.busy = 0.9;
    pass(60);
    expect(heap.collections).toBe(0);
    heap.busy = 0.01;
    pass(1);
    expect(heap.collections).toBe(0);
    pass(1);
    expect(heap.collections).toBe(1);
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
    heap.bytes = 109 * MIB;
    pass(60);
    expect(heap.collections).toBe(0);
    heap.bytes = 180 * MIB;
    heap.inUse = 140 * MIB;
    pass(60);
    expect(heap.collections).toBe(1);
    heap.bytes = 150 * MIB;
    pass(60);
    expect(heap.collections).toBe(1);
    heap.bytes = 155 * MIB;
    pass(60);
    expect(heap.collections).toBe(2);
  });

  it('does what it says on the heap there is', () => {
    collection.stop();
    jest.useRealTimers();
    expect(() => IdleCollection.start().stop()).not.toThrow();
  });
});
