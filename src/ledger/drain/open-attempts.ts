import { setImmediate } from 'node:timers/promises';
import type { SegmentReader } from '../journal/segment-reader';

/** How the row of an attempt says that it is open; a text within the row has its quotes escaped. */
const DISPATCHED = Buffer.from('"state":"dispatched"');

/**
 * The attempts of stopped instances that have no end in their journals: the key of each, and its row where it is not in the
 * database. They are few, however much of the journals the database has not taken. What a batch has open is not among them.
 *
 * @param readers of what the database has not taken, in order; each is closed when it is read
 * @param inDatabase keys of the attempts that are open there
 */
export async function openAttempts(
  readers: Iterable<SegmentReader>,
  inDatabase: string[],
): Promise<Map<string, Buffer | undefined>> {
  const open = new Map<string, Buffer | undefined>(inDatabase.map((key) => [key, undefined]));
  for (const reader of readers) {
    const owned = Buffer.from(`"owner":"${reader.segment.instanceId}"`);
    try {
      for (let { records, end } = reader.read(); end !== undefined; { records, end } = reader.skip(end)) {
        for (const { key, json } of records) {
          if (!json.includes(DISPATCHED)) open.delete(key);
          else if (json.includes(owned)) open.set(key, Buffer.from(json));
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
