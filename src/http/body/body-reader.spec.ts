import * as fs from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { GatewayError } from '../../common/errors';
import { BodyFile } from './body-file';
import { readBody } from './body-reader';

const PIECE = Buffer.alloc(64 * 1024, ' ');
const RULES = { maxValues: 10, maxParsedBytes: Infinity, leavesOutTexts: true, leavesOutLists: true };
const options = (changes: Partial<Parameters<typeof readBody>[1]> = {}) => ({
  refusal: () => undefined,
  maxBytes: 10_000_000,
  count: undefined,
  rules: () => RULES,
  directory: tmpdir(),
  hashes: false,
  ...changes,
});

/** A request that sends pieces and waits for each to be taken. */
function requestOf(pieces: readonly Buffer[], headers = {}): IncomingMessage {
  const stream: Readable = new PassThrough({ highWaterMark: 1 });
  void (async () => {
    for (const piece of pieces)
      if (!(stream as PassThrough).write(piece)) await new Promise((resolve) => stream.once('drain', resolve));
    (stream as PassThrough).end();
  })();
  return Object.assign(stream, { headers }) as unknown as IncomingMessage;
}

describe('the bytes of a body', () => {
  const closes = jest.spyOn(BodyFile.prototype, 'close');

  afterEach(() => closes.mockClear());

  it('R25: go to a file, one piece after the other, where they are many', async () => {
    const pieces = Array.from({ length: 20 }, (_, at) => Buffer.alloc(64 * 1024 - at, 65 + at));
    const { bytes, ranges } = await readBody(requestOf([Buffer.from('"'), ...pieces, Buffer.from('"')]), options());
    const file = bytes as BodyFile;
    const whole = Buffer.concat(pieces);
    expect(ranges).toEqual([{ start: 1, end: 1 + whole.length, isPlain: true }]);
    expect((await file.read(1, 1 + whole.length)).equals(whole)).toBe(true);
    expect(closes).not.toHaveBeenCalled();
    await file.close();
  });

  it.each([1, 64 * 1024])('R25: stay in memory where they are few: %d', async (length) => {
    const { bytes, ranges } = await readBody(requestOf([Buffer.alloc(length)]), options());
    expect([Buffer.isBuffer(bytes), ranges]).toEqual([true, undefined]);
  });

  it.each<[string, Partial<Parameters<typeof readBody>[1]>, object]>([
    ['too many', { maxBytes: 1_000_000 }, { code: 'request_too_large' }],
    ['more than the key has room for', { count: (bytes) => refusalFrom(bytes) }, { code: 'rate_limit_exceeded' }],
    ['not for a disk that is gone', { directory: join(tmpdir(), 'no-such') }, { code: 'unavailable', status: 503 }],
  ])('R25: are read to their end and leave no file where they are %s', async (_what, changes, error) => {
    const request = requestOf(Array.from({ length: 40 }, () => PIECE));
    await expect(readBody(request, options(changes))).rejects.toMatchObject(error);
    expect(request.readableEnded).toBe(true);
    expect(closes).toHaveBeenCalledTimes(1);
  });

  it('R25: leave no file where their sender leaves', async () => {
    const request = requestOf(Array.from({ length: 5 }, () => PIECE));
    const read = readBody(request, options());
    request.once('data', () => setImmediate(() => request.destroy(new Error('aborted'))));
    await expect(read).rejects.toMatchObject({ message: 'aborted', statusCode: 400 });
    expect(closes).toHaveBeenCalledTimes(1);
  });

  it('R25: are no body where their sender has left before they are read', async () => {
    const request = requestOf([PIECE], { 'content-length': '1000000' });
    request.once('error', () => undefined).destroy(new Error('aborted'));
    await new Promise(setImmediate);
    const [refusal, opens] = [jest.fn(), jest.spyOn(fs, 'open')];
    await expect(readBody(request, options({ refusal }))).rejects.toMatchObject({ statusCode: 400 });
    expect(refusal).not.toHaveBeenCalled();
    expect(opens).not.toHaveBeenCalled();
  });
});

function refusalFrom(bytes: number): GatewayError | undefined {
  return bytes > 1_000_000 ? new GatewayError('rate_limit_exceeded') : undefined;
}
