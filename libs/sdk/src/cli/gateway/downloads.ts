import type { ThriftgateClient } from '../../thriftgate-client';
import { publishFile } from './published-file';
import { politely } from './politely';
import { IncompleteDownload } from './trouble';

/**
 * Downloads a file of the gateway. A download that breaks off starts anew; the file appears when it is whole.
 *
 * @param fileId null writes an empty file: the gateway has none for no lines
 * @returns the number of its lines
 */
export async function downloadFile(
  client: ThriftgateClient,
  fileId: string | null,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  if (fileId === null) {
    await publishFile(path, none(), signal);
    return 0;
  }
  return politely(async () => {
    const { bytes } = await client.files.retrieve(fileId, { signal });
    const counted = { bytes: 0, lines: 0 };
    await publishFile(path, whole(client.files.bytes(fileId, { signal }), bytes, counted, path), signal);
    return counted.lines;
  }, signal);
}

async function* none(): AsyncGenerator<Uint8Array> {}

/** @throws IncompleteDownload where there are fewer or more bytes */
async function* whole(
  content: AsyncIterable<Uint8Array>,
  wanted: number,
  counted: { bytes: number; lines: number },
  path: string,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    counted.bytes += chunk.length;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) counted.lines += 1;
    yield chunk;
  }
  if (counted.bytes !== wanted) throw new IncompleteDownload(path);
}
