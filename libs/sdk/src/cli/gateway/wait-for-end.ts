import type { BatchObject } from '@thriftgate/contracts';
import type { ThriftgateClient } from '../../thriftgate-client';
import { PATIENT, pause, politely } from './politely';

const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 15_000;
const GROWTH = 1.3;

const ENDED: readonly BatchObject['status'][] = ['completed', 'failed', 'expired', 'cancelled'];

/** Whether no line of the batch runs any more, and its files are there. */
export function hasEnded({ status }: BatchObject): boolean {
  return ENDED.includes(status);
}

/**
 * Waits until a batch ends, in any status, also while the gateway is away for some minutes.
 *
 * @param onState hears of the batch each time that the gateway was asked
 * @param onPause hears of failures, and of the pause after each, in seconds
 * @throws the signal's reason when it aborts; the batch goes on
 */
export async function waitForEnd(
  client: ThriftgateClient,
  id: string,
  signal: AbortSignal,
  onState: (batch: BatchObject) => void,
  onPause: (error: unknown, seconds: number) => void,
): Promise<BatchObject> {
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * GROWTH, LONGEST_POLL_MS)) {
    const batch = await politely(() => client.batches.retrieve(id, { signal }), signal, PATIENT, onPause);
    if (hasEnded(batch)) return batch;
    onState(batch);
    await pause(pollMs, signal);
  }
}
