import { IncomingResponse } from './incoming-response';

describe('IncomingResponse.leave', () => {
  const source = { pause: jest.fn(), resume: jest.fn(), abort: jest.fn() };
  const open = () => new IncomingResponse(200, {}, source, 1_000_000);

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.resetAllMocks();
  });

  it('ends the body for its reader, and frees the connection when the body ends', async () => {
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

  it('closes the connection when the body does not end within a second', async () => {
    const response = open();
    response.leave();
    jest.advanceTimersByTime(999);
    expect(source.abort).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(source.abort).toHaveBeenCalledWith(expect.objectContaining({ kind: 'aborted' }));
    expect((await response.next()).done).toBe(true);
  });

  it('closes the connection after 64 KB', () => {
    const response = open();
    response.leave();
    for (let part = 0; part < 4; part += 1) response.push(Buffer.alloc(16 * 1024));
    expect(source.abort).not.toHaveBeenCalled();
    response.push(Buffer.alloc(1));
    expect(source.abort).toHaveBeenCalledTimes(1);
  });

  it('resumes a paused connection', () => {
    const response = open();
    response.push(Buffer.alloc(200 * 1024));
    expect(source.pause).toHaveBeenCalledTimes(1);
    response.leave();
    expect(source.resume).toHaveBeenCalledTimes(1);
    expect(source.abort).not.toHaveBeenCalled();
  });

  it('treats a failure as the end of the body', async () => {
    const response = open();
    response.leave();
    response.fail(new Error('reset'));
    expect((await response.next()).done).toBe(true);
    jest.advanceTimersByTime(10_000);
    expect(source.abort).not.toHaveBeenCalled();
  });
});

describe('IncomingResponse.next', () => {
  it('gives all bytes that wait as one piece, and resumes the connection', async () => {
    const source = { pause: jest.fn(), resume: jest.fn(), abort: jest.fn() };
    const response = new IncomingResponse(200, {}, source, 1_000_000);
    response.push(Buffer.from('a'));
    response.push(Buffer.from('b'));
    expect(String((await response.next()).value)).toBe('ab');
    const next = response.next();
    response.push(Buffer.from('c'));
    expect(String((await next).value)).toBe('c');
    expect(source.pause).not.toHaveBeenCalled();
    for (let part = 0; part < 3; part += 1) response.push(Buffer.alloc(50_000));
    response.push(Buffer.alloc(50_000));
    expect(source.pause).toHaveBeenCalledTimes(1);
    expect((await response.next()).value).toHaveLength(200_000);
    expect(source.resume).toHaveBeenCalledTimes(1);
    response.end();
    expect(await response.next()).toEqual({ done: true, value: undefined });
  });
});

describe('IncomingResponse.readAll', () => {
  const source = { pause: jest.fn(), resume: jest.fn(), abort: jest.fn() };

  it('leaves out a byte-order mark, also one in pieces', async () => {
    const response = new IncomingResponse(200, {}, source, 1_000_000);
    for (const piece of ['\uFEFF{"a":', '"\uFEFFb"}']) {
      const bytes = Buffer.from(piece);
      response.push(bytes.subarray(0, 1));
      response.push(bytes.subarray(1));
    }
    response.end();
    expect(JSON.parse(String(await response.readAll()))).toEqual({ a: '\uFEFFb' });
  });
});
