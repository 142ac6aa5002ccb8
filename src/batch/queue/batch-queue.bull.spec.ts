import { setImmediate as turn } from 'node:timers/promises';
import type { AnnouncedBatch } from './batch-queue';
import { BullBatchQueue } from './batch-queue.bull';

type BullQueue = ConstructorParameters<typeof BullBatchQueue>[0];
type Handler = (job: { data: AnnouncedBatch }) => Promise<void>;

/** What of Bull the queue uses: hints wait in order, and so many at once are handled. */
class FakeBull {
  readonly client = { status: 'ready' };
  private readonly hints: AnnouncedBatch[] = [];
  private handler: Handler | undefined;

  on(): void {}

  process(atOnce: number, handler: Handler): Promise<void> {
    this.handler = handler;
    for (let number = 0; number < atOnce; number += 1) void this.handleAll();
    return new Promise(() => undefined);
  }

  async addBulk(jobs: { data: AnnouncedBatch }[]): Promise<void> {
    this.hints.push(...jobs.map(({ data }) => data));
  }

  async close(): Promise<void> {
    this.handler = undefined;
  }

  private async handleAll(): Promise<void> {
    while (this.handler) {
      const data = this.hints.shift();
      if (data) await this.handler({ data });
      else await turn();
    }
  }
}

it('A6: works on the batch of a team whose hint stands behind many of another one', async () => {
  const queue = new BullBatchQueue(new FakeBull() as unknown as BullQueue);
  const worked: string[] = [];
  queue.start(({ id }) => {
    worked.push(id);
    return new Promise(() => undefined);
  });
  for (let batch = 0; batch < 20; batch += 1) queue.announce({ id: `a${batch}`, teamId: 'team_a', lines: 1_000 });
  queue.announce({ id: 'b', teamId: 'team_b', lines: 1 });
  for (let i = 0; i < 10; i += 1) await turn();
  expect(worked).toEqual(['a0', 'b']);
  await queue.stop();
});
