import type { FileObject } from '@thriftgate/contracts';
import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { ThriftgateError } from '../../thriftgate-error';
import { politely } from './politely';
import type { Session } from './session';
import { NotAGateway } from './trouble';

const CLEANUP_MS = 5_000;

/** @throws NotAGateway for another server; ThriftgateError for a wrong key. Nothing is uploaded to either. */
export async function checkGateway({ client, signal, noteRetry }: Session): Promise<void> {
  try {
    await politely(() => client.key.retrieve({ signal }), signal, undefined, noteRetry);
  } catch (error) {
    if (error instanceof ThriftgateError && [404, 405].includes(error.status)) throw new NotAGateway();
    throw error;
  }
}

/** Uploads a file as a stream. A repeat after a failure of the network does not store it twice. */
export async function uploadFile(path: string, filename: string, session: Session): Promise<FileObject> {
  const { client, signal, noteRetry } = session;
  const idempotencyKey = randomUUID();
  const file = await openAsBlob(path);
  const call = () => client.files.create({ file, filename, purpose: 'batch' }, { signal, idempotencyKey });
  return politely(call, signal, undefined, noteRetry);
}

/** Deletes an uploaded file that is not needed, also after Ctrl-C, as far as that is possible. */
export async function discardUpload(fileId: string, { client }: Session): Promise<void> {
  await client.files.delete(fileId, { signal: AbortSignal.timeout(CLEANUP_MS) }).catch(() => undefined);
}
