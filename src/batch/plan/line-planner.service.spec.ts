import type { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import type { CallsService } from '../../calls/calls.service';
import type { PreparedCall } from '../../calls/prepared-call';
import { CALLER } from '../../calls/testing/builders';
import { TurnCounter } from '../../common/testing/turn-counter';
import type { WaitingOffers } from '../../models/waiting-offers.service';
import type { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import { Clock } from '../../common/clock';
import type { LineBodies } from '../lines/line-bodies.repository';
import { LineCalls, type StoredLine } from '../lines/line-calls.service';
import type { BatchOfLine, LineWays } from '../ways/line-ways.service';
import { LinePlanner, type PlannedCall } from './line-planner.service';

const LINES = 5;
/** What the work on each line takes. */
const LINE_MS = 30;
const BODY = '{"model":"gpt-4.1","messages":[{"role":"user","content":"Hello"}]}';
const lines = Array.from({ length: LINES }, (_, index): StoredLine => {
  const lineNo = index + 1;
  const ids = { batchId: 'batch_1', teamId: 'team_1', keyId: 'key_1', customId: `line-${lineNo}` };
  return { ...ids, lineNo, endpoint: '/v1/chat/completions', body: BODY };
});

describe('A5: the planner of lines gives other calls their turns', () => {
  let nowMs = 0;
  let counter: TurnCounter;
  /** The turn of the event loop in which each line is worked on. */
  let turns: number[];
  const work = () => {
    nowMs += LINE_MS;
    turns.push(counter.turns);
  };

  beforeEach(() => {
    counter = new TurnCounter();
    turns = [];
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    counter.stop();
    jest.restoreAllMocks();
  });

  const planner = () => {
    const calls = {
      prepare: () => {
        work();
        return { controls: {} } as PreparedCall;
      },
      stored: async (prepared: readonly PreparedCall[]) => prepared.map(() => []),
    };
    const ways = {
      windowOf: () => {
        work();
        return { nowMs: 0, endMs: 0, lines: LINES };
      },
      of: () => undefined,
    };
    const lineCalls = new LineCalls({} as LineBodies, {} as ApiKeyDirectory, new Clock());
    return new LinePlanner(
      calls as unknown as CallsService,
      {} as DeferredAttempts,
      lineCalls,
      {} as WaitingOffers,
      ways as unknown as LineWays,
    );
  };

  it('between the lines that it looks up', async () => {
    expect(await planner().look(lines, CALLER)).toHaveLength(LINES);
    expect(new Set(turns).size).toBe(LINES);
  });

  it('between the lines that it plans', async () => {
    const linePlanner = planner();
    const call = { prepared: { model: {}, call: { caller: CALLER } } } as PlannedCall;
    for (let line = 0; line < LINES; line += 1) await linePlanner.plan({} as BatchOfLine, call);
    expect(new Set(turns).size).toBe(LINES);
  });
});
