import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_MS = 1_000;
/** Less of a core than this is idle: some five calls a second. */
const IDLE_UTILIZATION = 0.05;
const IDLE_LOOKS = 2;
/** How much the heap must have grown since it was collected last. */
const GROWTH = 1.1;

/** What the collection looks at, and what it does. */
export interface Heap {
  /** Bytes taken from the system. */
  size(): number;
  /** The share of time that the event loop was busy since it was asked last. */
  utilization(): number;
  /** Collects all garbage and gives back what gets free. */
  collect(): void;
}

/**
 * Gives memory back after a burst of calls. While calls come V8 lets the heap grow, for collecting it takes the time of calls;
 * when they stop nothing makes it look again, and the process would stay as large as the burst made it. Once the event loop
 * has been idle for two seconds, and only where the heap has grown by a tenth, all of it is collected: some 100 ms. So is what
 * the start leaves behind.
 */
export class IdleCollection {
  private idleLooks = 0;
  /** Zero until the first collection: what the start left behind is not kept until the first burst. */
  private collectedSize = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly heap: Heap) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  /** Begins to look, once a second, until it is stopped or the process ends. */
  static start(heap: Heap = v8Heap()): IdleCollection {
    return new IdleCollection(heap);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    this.idleLooks = this.heap.utilization() < IDLE_UTILIZATION ? this.idleLooks + 1 : 0;
    if (this.idleLooks < IDLE_LOOKS || this.heap.size() < this.collectedSize * GROWTH) return;
    this.heap.collect();
    this.collectedSize = this.heap.size();
    this.idleLooks = 0;
  }
}

/** This process's heap. V8 compacts only where told to, and otherwise keeps every page on which something lives. */
export function v8Heap(): Heap {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    size: () => getHeapStatistics().total_heap_size,
    utilization: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    collect: () => {
      setFlagsFromString('--compact-on-every-full-gc');
      collect();
      setFlagsFromString('--no-compact-on-every-full-gc');
    },
  };
}
