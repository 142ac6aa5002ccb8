import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogDestination } from './log-destination';

type Done = (error: Error | null, written: number) => void;

const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
const LONG = `${'x'.repeat(64 * 1024 - 1)}\n`;

describe('the destination of log lines', () => {
  let text = '';
  /** What the output does with the next groups; without one it takes all. */
  const answers: ((bytes: Buffer, done: Done) => void)[] = [];
  const output = jest.fn((bytes: Buffer, done: Done) => {
    const answer = answers.shift();
    if (answer) return answer(bytes, done);
    text += String(bytes);
    done(null, bytes.length);
  });
  const open = () => new LogDestination(output);
  const refuse = (_bytes: Buffer, done: Done) => done(full, 0);
  const lines = () => text.split('\n').slice(0, -1);

  beforeEach(() => {
    jest.useFakeTimers();
    text = '';
    answers.length = 0;
    output.mockClear();
  });
  afterEach(() => jest.useRealTimers());

  it('gets lines together, after 200 ms or 64 KB', () => {
    const log = open();
    log.write('1\n');
    log.write('2\n');
    expect(output).not.toHaveBeenCalled();
    jest.advanceTimersByTime(200);
    expect(text).toBe('1\n2\n');
    log.write(LONG);
    expect(output).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(1_000);
    expect(output).toHaveBeenCalledTimes(2);
  });

  it('goes on where the output takes a part', () => {
    const log = open();
    answers.push((bytes, done) => {
      text += bytes.toString('utf8', 0, 3);
      done(null, 3);
    });
    log.write('한국어\n');
    jest.advanceTimersByTime(200);
    expect(text).toBe('한국어\n');
  });

  it('A15: drops and counts lines that a full disk does not take, keeps the first ones, and says how many are missing', () => {
    const log = open();
    for (let time = 0; time < 5; time += 1) answers.push(refuse);
    log.write('first\n');
    jest.advanceTimersByTime(1_000);
    expect(log.isFailing).toBe(true);
    for (let number = 0; number < 20; number += 1) log.write(LONG);
    log.write('one\ntwo\n');
    expect(output.mock.calls.length).toBeLessThan(4);
    jest.advanceTimersByTime(10_000);
    expect(log.isFailing).toBe(false);
    const [first, ...others] = lines();
    const dropped = others.filter((line) => !line.startsWith('x'));
    const kept = others.length - dropped.length;
    expect(first).toBe('first');
    expect(kept).toBeGreaterThan(5);
    expect(dropped).toEqual([expect.stringContaining('"level":"warn"')]);
    expect(JSON.parse(dropped[0] ?? '')).toMatchObject({
      lines: 22 - kept,
      msg: 'lines of the log could not be written and were dropped',
    });
    log.write('last\n');
    jest.advanceTimersByTime(200);
    expect(lines().at(-1)).toBe('last');
  });

  it('A15: does not wait for a reader, and bounds the lines that are not read', () => {
    const log = open();
    let take: Done | undefined;
    answers.push((_bytes, done) => void (take = done));
    for (let number = 0; number < 100; number += 1) log.write(LONG);
    expect([output.mock.calls.length, log.isFailing]).toEqual([1, true]);
    take?.(null, LONG.length);
    jest.advanceTimersByTime(1_000);
    expect(log.isFailing).toBe(false);
    expect(text.length).toBeLessThan(1.2 * 1024 * 1024);
  });

  it('A15: does not wait at its end for an output that takes nothing', async () => {
    jest.useRealTimers();
    const log = open();
    answers.push(refuse);
    log.write('1\n');
    await log.flush(60_000);
    answers.push(() => undefined);
    log.write(LONG);
    await log.flush(20);
    log.close();
  });

  it('writes what waits before the process ends', () => {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-log-'));
    const file = openSync(join(directory, 'log'), 'w');
    const log = new LogDestination(output, file);
    log.write('last words\n');
    log.flushSync();
    closeSync(file);
    expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('last words\n');
    rmSync(directory, { recursive: true });
  });
});
