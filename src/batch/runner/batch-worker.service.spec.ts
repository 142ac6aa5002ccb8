import events from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { TurnCounter } from '../../common/testing/turn-counter';
import type { GatewayConfig } from '../../config/gateway-config';
import type { BatchFinisher } from '../output/batch-finisher.service';
import { BatchWorker } from './batch-worker.service';
import type { ClaimedLine } from '../lines/line-result';
import { LocalBatchQueue } from '../queue/batch-queue.local';
import type { LineRunner } from './line-runner.service';
import type { LinesRepository } from '../lines/lines.repository';
import type { TwinsService } from '../lines/twins.service';
import type { ResultWriter } from './result-writer.service';

const LINES = 12;
const BATCH = { id: 'batch_1', teamId: 'team_1' };
const lineOf = (lineNo: number): ClaimedLine => ({
  batchId: 'batch_1',
  lineNo,
  customId: `line-${lineNo}`,
  endpoint: '/v1/chat/completions',
  body: '{}',
  starts: 1,
  token: 'token',
  teamId: 'team_1',
  keyId: 'key_1',
  madeAt: new Date(),
  expiresAt: new Date(),
  batchLines: LINES,
  escalate: false,
});

const twins = { settle: async () => undefined } as unknown as TwinsService;

describe('BatchWorker', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('B4: runs a line alone that was running when its process died', async () => {
    const waiting = [lineOf(1), lineOf(2)];
    const interrupted = [lineOf(3), lineOf(4)];
    const lines = {
      claim: async (_batchId: string, most: number) => waiting.splice(0, most),
      hasInterrupted: async () => interrupted.length > 0,
      claimInterrupted: async () => interrupted.splice(0, 1),
      giveBack: async () => undefined,
    } as unknown as LinesRepository;
    const running = new Set<number>();
    const together: number[][] = [];
    const runner = {
      run: async ({ lineNo }: ClaimedLine) => {
        running.add(lineNo);
        together.push([...running]);
        // Each line starts in a turn of its own, so turns alone decide what runs together.
        for (let turns = 0; turns < 10; turns += 1) await turn();
        running.delete(lineNo);
        return undefined;
      },
    } as unknown as LineRunner;
    const finisher = { finish: async () => undefined } as unknown as BatchFinisher;
    const results = { stop: () => undefined } as ResultWriter;
    const config = { batch: { concurrency: LINES } } as GatewayConfig;
    const worker = new BatchWorker(config, lines, runner, results, finisher, twins);
    while (await worker.work(BATCH));
    await worker.drain(1_000);
    expect(together).toEqual([[1], [1, 2], [3], [4]]);
  });

  describe('with lines of two teams', () => {
    let running: { teamId: string; end: () => void }[];
    let worker: BatchWorker;
    let queue: LocalBatchQueue;

    beforeEach(() => {
      running = [];
      const lines = {
        // A batch has the name of its team, and lines without end.
        claim: async (batchId: string, most: number) =>
          Array.from({ length: most }, () => ({ ...lineOf(1), batchId, teamId: batchId })),
        giveBack: async () => undefined,
      } as Pick<LinesRepository, 'claim' | 'giveBack'> as LinesRepository;
      const runner = {
        run: ({ teamId }: ClaimedLine) =>
          new Promise<undefined>((resolve) => running.push({ teamId, end: () => resolve(undefined) })),
      } as Pick<LineRunner, 'run'> as LineRunner;
      const finisher = { finish: async () => undefined } as unknown as BatchFinisher;
      const results = { stop: () => undefined } as ResultWriter;
      const config = { batch: { concurrency: LINES } } as GatewayConfig;
      worker = new BatchWorker(config, lines, runner, results, finisher, twins);
      queue = new LocalBatchQueue();
    });
    afterEach(async () => {
      await queue.stop();
      worker.stop();
      for (const { end } of running) end();
      await worker.drain(1_000);
    });

    // Each line begins in a turn of its own.
    const begin = async () => {
      for (let turns = 0; turns < 3 * LINES; turns += 1) await turn();
    };
    const announce = async (teamId: string) => {
      queue.announce({ id: teamId, teamId, lines: 1_000 });
      await begin();
    };
    const endAll = async () => {
      for (const { end } of running.splice(0)) end();
      await begin();
    };
    const linesOf = (teamId: string) => running.filter((line) => line.teamId === teamId).length;

    it('A6: gives a team its share of the slots once lines of another one end', async () => {
      queue.start(
        (batch) => worker.work(batch),
        (teamId) => worker.leave(teamId),
      );
      await announce('team_a');
      expect(linesOf('team_a')).toBe(LINES);
      await announce('team_b');
      await endAll();
      expect(linesOf('team_b')).toBe(LINES / 2);
    });

    it('A6: gives a team all slots after work on the batch of another one failed', async () => {
      const worked: string[] = [];
      queue.start(
        async (batch) => {
          worked.push(batch.teamId);
          if (worked.length === 2) throw new Error('the database is away');
          return worker.work(batch);
        },
        (teamId) => worker.leave(teamId),
      );
      await announce('team_a');
      expect([worked, linesOf('team_a')]).toEqual([['team_a', 'team_a'], LINES]);
      await endAll();
      await announce('team_b');
      expect([linesOf('team_a'), linesOf('team_b')]).toEqual([0, LINES]);
    });
  });

  it('A19: starts lines again two seconds after one that waits for a budget, also where the clock is set back', async () => {
    const startedAtMs = performance.now();
    const moment = jest.spyOn(performance, 'now').mockReturnValue(startedAtMs);
    const time = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 10, 30, 12));
    const claim = jest.fn<Promise<ClaimedLine[]>, [string, number]>().mockResolvedValueOnce([lineOf(1)]);
    claim.mockResolvedValue([]);
    const lines = { claim, hasInterrupted: async () => false, giveBack: async () => undefined };
    const runner = { run: async () => ({ notBefore: new Date(), forBatch: true }) };
    const worker = new BatchWorker(
      { batch: { concurrency: LINES } } as GatewayConfig,
      lines as unknown as LinesRepository,
      runner as unknown as LineRunner,
      { stop: () => undefined } as ResultWriter,
      { finish: async () => undefined } as unknown as BatchFinisher,
      twins,
    );

    await worker.work(BATCH);
    // The line begins in the next turn.
    for (let turns = 0; turns < 3; turns += 1) await turn();
    time.mockReturnValue(Date.UTC(2026, 10, 30, 10));
    moment.mockReturnValue(startedAtMs + 1_999);
    await worker.work(BATCH);
    expect(claim).toHaveBeenCalledTimes(1);
    moment.mockReturnValue(startedAtMs + 2_000);
    await worker.work(BATCH);
    expect(claim).toHaveBeenCalledTimes(2);
    jest.restoreAllMocks();
    await worker.drain(1);
  });

  it('A5: begins each of several lines in a turn of its own', async () => {
    const counter = new TurnCounter();
    const turns: number[] = [];
    const lines = {
      claim: async (_batchId: string, most: number) => Array.from({ length: most }, (_, index) => lineOf(index)),
      giveBack: async () => undefined,
    };
    const runner = { run: async () => void turns.push(counter.turns) };
    const worker = new BatchWorker(
      { batch: { concurrency: LINES } } as GatewayConfig,
      lines as unknown as LinesRepository,
      runner as unknown as LineRunner,
      { stop: () => undefined } as ResultWriter,
      { finish: async () => undefined } as unknown as BatchFinisher,
      twins,
    );
    await worker.work(BATCH);
    await worker.drain(1_000);
    counter.stop();
    expect(new Set(turns).size).toBe(LINES);
  });

  it('aborts all running lines at the end of the drain time and releases them', async () => {
    const setMaxListeners = jest.spyOn(events, 'setMaxListeners');
    const givenBack: number[] = [];
    const lines = {
      claim: async (_batchId: string, most: number) => Array.from({ length: most }, (_, index) => lineOf(index)),
      giveBack: async (back: ClaimedLine[]) => void givenBack.push(...back.map(({ lineNo }) => lineNo)),
    } as LinesRepository;
    const signals = new Set<AbortSignal>();
    let begun = 0;
    const runner = {
      run: (_line, signal: AbortSignal, _giveSlot: () => void) =>
        new Promise<undefined>((end) => {
          begun += 1;
          signals.add(signal);
          signal.addEventListener('abort', () => end(undefined));
        }),
    } as Pick<LineRunner, 'run'> as LineRunner;
    const finished: string[] = [];
    const finisher = { finish: async (batchId: string) => void finished.push(batchId) } as BatchFinisher;
    const results = { stop: () => undefined } as ResultWriter;
    const worker = new BatchWorker(
      { batch: { concurrency: LINES } } as GatewayConfig,
      lines,
      runner,
      results,
      finisher,
      twins,
    );

    expect(await worker.work(BATCH)).toBe(true);
    for (let turns = 0; turns < 3 * LINES; turns += 1) await turn();
    expect(begun).toBe(LINES);
    await worker.drain(1);

    expect(givenBack.toSorted((a, b) => a - b)).toEqual(Array.from({ length: LINES }, (_, index) => index));
    expect(finished).toEqual(['batch_1']);
    // Otherwise Node warns of a leak from the eleventh line on, and Jest does not show the warning.
    expect(setMaxListeners.mock.calls).toEqual([[0, ...signals]]);
    setMaxListeners.mockRestore();
  });
});
