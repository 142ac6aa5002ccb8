import { isRecord, parseJson, type JsonRecord } from '../json-record';
import { completionToChunks } from '../openai/openai-replay';

/** A simulated completion as the events of a stream, its content in pieces of a few words. Ends with `[DONE]`. */
export function streamCompletion(completion: JsonRecord, includeUsage: boolean): string[] {
  const chunks = completionToChunks(completion, { includeUsage }).flatMap(splitContent);
  return [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`);
}

function splitContent(data: string): string[] {
  const chunk = parseJson(data);
  const choice: unknown = isRecord(chunk) && Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  if (!isRecord(chunk) || !isRecord(choice) || !isRecord(choice.delta)) return [data];
  const { content } = choice.delta;
  if (typeof content !== 'string' || content === '') return [data];
  const pieces = content.match(/(?:\S+\s*){1,4}|\s+/g) ?? [content];
  return pieces.map((piece) => JSON.stringify({ ...chunk, choices: [{ ...choice, delta: { content: piece } }] }));
}
