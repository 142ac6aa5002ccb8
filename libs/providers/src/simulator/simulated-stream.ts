import type { JsonRecord } from '../json-record';
import { completionToChunks } from '../openai/openai-replay';

/** A simulated completion as the events of a stream, its content in pieces of a few words. Ends with `[DONE]`. */
export function streamCompletion(completion: JsonRecord, includeUsage: boolean): string[] {
  return [...completionToChunks(completion, { includeUsage }), '[DONE]'].map((data) => `data: ${data}\n\n`);
}
