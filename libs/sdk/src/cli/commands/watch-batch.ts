import type { BatchObject } from '@thriftgate/contracts';
import type { Session } from '../gateway/session';
import { waitForEnd } from '../gateway/wait-for-end';
import { Interrupted } from '../terminal/exit-codes';
import { EndEstimate, progressText } from '../terminal/progress-text';

/**
 * Waits until a batch ends, with a bar on standard error. Ctrl-C leaves the batch running and says how to come back.
 *
 * @param expectedEnd Unix seconds, from a quote
 * @throws Interrupted after Ctrl-C
 */
export async function watchBatch(batch: BatchObject, session: Session, expectedEnd?: number): Promise<BatchObject> {
  const { client, terminal, messages, amounts, signal } = session;
  const estimate = new EndEstimate(expectedEnd);
  let latest = batch;
  const show = (current: BatchObject) => {
    latest = current;
    const counts = current.request_counts;
    terminal.progress.show(progressText(counts, estimate.left(counts), messages, amounts));
  };
  try {
    return await waitForEnd(client, batch.id, signal, show, session.noteRetry);
  } catch (error) {
    tellInterrupted(error, latest, session);
    throw error;
  } finally {
    terminal.progress.clear();
  }
}

/** After Ctrl-C: says that the batch goes on, and how to come back. Once. */
export function tellInterrupted(error: unknown, batch: BatchObject, { terminal, messages }: Session): void {
  if (!(error instanceof Interrupted) || error.isTold) return;
  error.isTold = true;
  terminal.note(messages.submit.goesOn(batch.id));
  terminal.document({ interrupted: true, batch });
}
