import { InvalidRequestError } from '../endpoint';
import { isRecord, type JsonRecord } from '../json-record';
import { LongNumber } from '../passed-values';

/** More than any model writes. */
export const MAX_OUTPUT_TOKENS = 2_000_000;

/** @throws InvalidRequestError */
export function requestRecord(body: unknown): JsonRecord {
  if (!isRecord(body)) throw invalid('the request', 'must be a JSON object', null);
  return body;
}

/** @param example the name of a model of this API */
export function requestedModel({ model }: JsonRecord, example: string): string {
  if (typeof model === 'string' && model !== '') return model;
  throw invalid("'model'", `is required and must be the name of a model, as "${example}"`, 'model');
}

/** The messages of a conversation, of which there is at least one. @param check of each, with its name in errors */
export function checkMessages({ messages }: JsonRecord, check: (message: JsonRecord, param: string) => void): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    const problem =
      'is required and must be an array with at least one message, as [{"role": "user", "content": "Hello"}]';
    throw invalid("'messages'", problem, 'messages');
  }
  for (const [index, message] of messages.entries()) {
    const param = `messages.${index}`;
    if (!isRecord(message)) throw invalid(`'${param}'`, 'must be an object', param);
    check(message, param);
  }
}

/** A member that may be left out or null. */
export function checkFlag(body: JsonRecord, name: string): void {
  const value = body[name] ?? null;
  if (value !== null && typeof value !== 'boolean') throw invalid(`'${name}'`, 'must be true or false', name);
}

/** A whole number. The upstream checks those that are too small, and other types. */
export function checkLimit(body: JsonRecord, name: string, most: number): void {
  const value = body[name];
  if (value instanceof LongNumber ? Number(value.text) > most : typeof value === 'number' && value > most)
    throw invalid(`'${name}'`, `must be at most ${most.toLocaleString('en-US')}`, name);
  if (value instanceof LongNumber) throw invalid(`'${name}'`, 'must be a whole number of few digits', name);
}

/** @param what the subject of the sentence that says what is wrong */
export function invalid(what: string, problem: string, param: string | null): InvalidRequestError {
  return new InvalidRequestError(`${what} ${problem}.`, param);
}
