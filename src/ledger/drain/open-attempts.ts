import { setImmediate } from 'node:timers/promises';
import type { SegmentReader } from '../journal/segment-reader';

/** How the row of a try begins its life; a text within the row has its quotes escaped. */
const DISPATCHED = Buffer.from('"state":"dispatched"');

/**
 * The tries of dead processes that have no end in their journals: the key of each, and its row where it is not in the
 * database. They are few, however much of the journals the database has not taken.
 *
 * @param readers of what the database has not taken, in order; each is closed when it is read
 * @param inDatabase keys of the tries that are open there
 */
export async function openAttempts(
  readers: Iterable<SegmentReader>,
  inDatabase: string[],
): Promise<Map<string, Buffer | undefined>> {
  const open = new Map<string, Buffer | undefined>(inDatabase.map((key) => [key, undefined]));
  for (const reader of readers) {
    try {
      for (let { records, end } = reader.read(); end !== undefined; { records, end } = reader.skip(end)) {
        for (const { key, json } of records) {
          if (json.includes(DISPATCHED)) open.set(key, Buffer.from(json));
          else open.delete(key);
        }
        // Calls are answered meanwhile.
        await setImmediate();
      }
    } finally {
      reader.close();
    }
  }
  return open;
}
