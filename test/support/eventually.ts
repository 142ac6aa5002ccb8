import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a defined result. @throws Error when the time is over */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false && seen !== null) return seen;
    if (Date.now() > deadline) throw new Error('it never came');
    await delay(50);
  }
}
