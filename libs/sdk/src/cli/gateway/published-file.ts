import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a file that appears only when it is whole: under another name in the same folder first, then by a rename. A failure leaves
 * an older file of the name as it was.
 *
 * @param content gives the bytes
 */
export async function publishFile(
  path: string,
  content: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(draft, { flush: true }), {
      signal,
    });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    signal.throwIfAborted();
    throw error;
  }
}
