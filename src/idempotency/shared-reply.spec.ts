import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { SharedReply } from './shared-reply';

const DONE = 'data: [DONE]\n\n';

/** A source that gives a piece when it is told to. */
class Source {
  private readonly asks: ((piece: string | undefined) => void)[] = [];
  asked = 0;
  ended = false;

  async *pieces(): AsyncGenerator<string> {
    try {
      for (;;) {
        this.asked += 1;
        const piece = await new Promise<string | undefined>((resolve) => this.asks.push(resolve));
        if (piece === undefined) return;
        yield piece;
      }
    } finally {
      this.ended = true;
    }
  }

  async give(piece: string | undefined): Promise<void> {
    this.asks.shift()?.(piece);
    for (let each = 0; each < 3; each += 1) await turn();
  }
}

async function readAll(reply: SharedReply): Promise<string> {
  let all = '';
  for await (const piece of reply.read()) all += piece.toString();
  return all;
}

describe('an answer that several read', () => {
  it('is the same for each, whenever it comes', async () => {
    const texts = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat({ max: 10 })), async (all, joins) => {
        const source = new Source();
        const reply = new SharedReply(200, {});
        let kept: string | undefined;
        reply.fill(source.pieces(), async (body) => void (kept = body?.toString()));
        const readers: Promise<string>[] = [];
        for (const [index, text] of [...all, DONE].entries()) {
          for (const at of joins) if (at === index) readers.push(readAll(reply));
          await source.give(text);
        }
        await source.give(undefined);
        readers.push(readAll(reply));
        const whole = Buffer.from(all.join('') + DONE).toString();
        for (const reader of readers) expect(await reader).toBe(whole);
        expect(kept).toBe(whole);
      }),
    );
  });

  it('ends for no reader before it is kept', async () => {
    const source = new Source();
    const reply = new SharedReply(200, {});
    let keep = () => {};
    reply.fill(source.pieces(), () => new Promise((resolve) => (keep = resolve)));
    let read = '';
    const reading = (async () => {
      for await (const piece of reply.read()) read += piece.toString();
    })();
    await source.give('almost all ');
    await source.give(DONE);
    await source.give(undefined);
    expect(read).toBe('almost all ');
    keep();
    await reading;
    expect(read).toBe(`almost all ${DONE}`);
  });

  it('is read to its end when it has no reader here', async () => {
    const source = new Source();
    const reply = new SharedReply(200, {});
    const keep = jest.fn(async () => undefined);
    reply.fill(source.pieces(), keep);
    await source.give('left ');
    await source.give('alone');
    await source.give(undefined);
    expect(keep).toHaveBeenCalledWith(Buffer.from('left alone'));
  });

  it('comes at the pace of its slowest reader once it is too large to be kept', async () => {
    const source = new Source();
    const reply = new SharedReply(200, {}, 10);
    const keep = jest.fn(async () => undefined);
    reply.fill(source.pieces(), keep);
    const slow = reply.read();
    const next = async () => (await slow.next()).value?.toString();
    const first = next();
    for (const piece of ['1234', '5678', '9012', '3456', '7890']) await source.give(piece);
    expect(await first).toBe('1234');
    // The fifth piece is taken, and no sixth is asked for while more than ten bytes wait.
    expect([source.asked, reply.isWhole]).toEqual([5, false]);
    expect([await next(), await next()]).toEqual(['5678', '9012']);
    for (let each = 0; each < 3; each += 1) await turn();
    expect(source.asked).toBe(6);
    await expect(readAll(reply)).rejects.toThrow('beginning');
    await source.give(DONE);
    await source.give(undefined);
    expect([await next(), await next(), await next(), await next()]).toEqual(['3456', '7890', DONE, undefined]);
    expect(keep).toHaveBeenCalledWith(null);
  });

  it('is given up once it is too large and has no reader', async () => {
    const source = new Source();
    const reply = new SharedReply(200, {}, 3);
    const keep = jest.fn(async () => undefined);
    reply.fill(source.pieces(), keep);
    await source.give('1234');
    await source.give('5678');
    await reply.filled;
    expect([source.ended, keep.mock.calls]).toEqual([true, [[null]]]);
  });

  it('goes out in one piece, however large', async () => {
    const reply = new SharedReply(200, {}, 3);
    const keep = jest.fn(async () => undefined);
    reply.fill(
      (async function* () {
        yield 'a whole answer';
      })(),
      keep,
    );
    await reply.filled;
    expect([await readAll(reply), await readAll(reply)]).toEqual(['a whole answer', 'a whole answer']);
    expect(keep).toHaveBeenCalledWith(null);
  });
});
