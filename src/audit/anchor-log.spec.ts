import { Logger } from '@nestjs/common';
import { AnchorLog } from './anchor-log.service';
import type { AnchorSigner } from './anchor-signer.service';
import type { ChainRepository } from './chain.repository';

describe('the anchors in the log', () => {
  const head = jest.fn<ReturnType<ChainRepository['head']>, []>();
  const log = new AnchorLog(
    { head } as Partial<ChainRepository> as ChainRepository,
    { sign: ({ seq, hash }) => `${seq}:${hash}:signed` } as AnchorSigner,
  );
  let lines: unknown[];

  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void lines.push(line));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  it('are written where the head has moved', async () => {
    for (const seq of [3, 3, 4]) {
      head.mockResolvedValueOnce({ seq, hash: 'h', lastSeq: seq });
      await log.log();
    }
    expect(lines).toEqual([
      { seq: 3, hash: 'h', anchor: '3:h:signed' },
      { seq: 4, hash: 'h', anchor: '4:h:signed' },
    ]);
  });

  it('warn where the head is behind one that was written, or is another one', async () => {
    const heads = [{ seq: 4, hash: 'other', lastSeq: 4 }, { seq: 2, hash: 'h', lastSeq: 2 }, undefined];
    for (const each of heads) {
      head.mockResolvedValueOnce(each);
      await log.log();
    }
    expect(lines).toEqual([
      { anchor: '4:h:signed' },
      { seq: 4, hash: 'other', anchor: '4:other:signed' },
      { anchor: '4:other:signed' },
      { seq: 2, hash: 'h', anchor: '2:h:signed' },
      { anchor: '2:h:signed' },
    ]);
  });

  it('are written later where the database is away', async () => {
    head.mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce({ seq: 5, hash: 'h', lastSeq: 5 });
    await log.log();
    await log.log();
    expect(lines).toEqual([{ err: new Error('away') }, expect.objectContaining({ seq: 5 })]);
  });

  it('are written every hour', () => {
    jest.useFakeTimers();
    head.mockClear().mockResolvedValue(undefined);
    log.onApplicationBootstrap();
    jest.advanceTimersByTime(3 * 3_600_000);
    log.onApplicationShutdown();
    jest.advanceTimersByTime(3_600_000);
    jest.useRealTimers();
    expect(head).toHaveBeenCalledTimes(3);
  });
});
