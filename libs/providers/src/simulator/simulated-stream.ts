import type { JsonRecord } from '../json-record';
import { completionToChunks } from '../endpoints/chat-completions/completion-replay';

const FEW_WORDS = 24;

/** A simulated completion as the events of a stream, its content in pieces of a few words. Ends with `[DONE]`. */
export function streamCompletion(completion: JsonRecord, includeUsage: boolean): string[] {
  const chunks = completionToChunks(completion, { includeUsage, pieceLength: FEW_WORDS });
  return [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`);
}
