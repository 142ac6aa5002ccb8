import { IncomingResponse } from './incoming-response';

describe('a body that is left', () => {
  const source = { pause: jest.fn(), resume: jest.fn(), abort: jest.fn() };
  const open = () => new IncomingResponse(200, {}, source, 1_000_000);

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.resetAllMocks();
  });

  it('is over for its reader, and its connection can be used again once it has ended', async () => {
    const response = open();
    response.push(Buffer.from('data: [DONE]\n\n'));
    const waiting = open();
    const next = waiting.next();
    for (const each of [response, waiting]) {
      each.leave();
      each.abort();
      await each.return();
      each.push(Buffer.from('\n'));
      each.end();
    }
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await response.readAll()).toHaveLength(0);
    jest.advanceTimersByTime(10_000);
    expect(source.abort).not.toHaveBeenCalled();
  });

  it('is closed when its end does not come within a second', async () => {
    const response = open();
    response.leave();
    jest.advanceTimersByTime(999);
    expect(source.abort).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(source.abort).toHaveBeenCalledWith(expect.objectContaining({ kind: 'aborted' }));
    expect((await response.next()).done).toBe(true);
  });

  it('is closed when it goes on and on', () => {
    const response = open();
    response.leave();
    for (let part = 0; part < 4; part += 1) response.push(Buffer.alloc(16 * 1024));
    expect(source.abort).not.toHaveBeenCalled();
    response.push(Buffer.alloc(1));
    expect(source.abort).toHaveBeenCalledTimes(1);
  });

  it('goes on where its reader had held it up', () => {
    const response = open();
    response.push(Buffer.alloc(200 * 1024));
    expect(source.pause).toHaveBeenCalledTimes(1);
    response.leave();
    expect(source.resume).toHaveBeenCalledTimes(1);
    expect(source.abort).not.toHaveBeenCalled();
  });

  it('fails quietly, and takes a failure for its end', async () => {
    const response = open();
    response.leave();
    response.fail(new Error('reset'));
    expect((await response.next()).done).toBe(true);
    jest.advanceTimersByTime(10_000);
    expect(source.abort).not.toHaveBeenCalled();
  });
});
