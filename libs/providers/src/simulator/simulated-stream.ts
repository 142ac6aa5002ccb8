import type { JsonRecord } from '../json-record';
import { completionToChunks } from '../endpoints/chat-completions/completion-replay';

/** In UTF-16 units: a few words. */
const PIECE_LENGTH = 24;

/** A simulated completion as the events of a stream, with `[DONE]` at its end. */
export function streamCompletion(completion: JsonRecord, includeUsage: boolean): string[] {
  const chunks = completionToChunks(completion, { includeUsage, pieceLength: PIECE_LENGTH });
  return [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`);
}
