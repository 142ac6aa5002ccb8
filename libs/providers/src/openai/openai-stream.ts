import { isRecord, nonEmptyString, parseJson } from '../json-record';
import type { ChatReply, SseEvent, StreamChunk, StreamDecoder } from '../translator';
import { assembleCompletion } from './openai-assembly';

/**
 * Sorts the events of an OpenAI stream and keeps their text. Once content flows, an event is parsed only if it may
 * hold usage or an error; all are parsed once more, at the end, to put the answer together.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class OpenAiStreamDecoder implements StreamDecoder {
  readonly #received: string[] = [];
  #contentBegan = false;
  #ended = false;
  #upstreamModel: string | undefined;

  get ended(): boolean {
    return this.#ended;
  }

  get upstreamModel(): string | undefined {
    return this.#upstreamModel;
  }

  push(event: SseEvent): StreamChunk[] {
    const { data } = event;
    if (this.#ended || data === '') return [];
    if (data.startsWith('[DONE]')) {
      this.#ended = true;
      return [{ kind: 'done', data: '[DONE]' }];
    }
    const chunks = this.#contentBegan && isPlainContent(event) ? plainContent(data) : this.#parse(event);
    const [{ kind }] = chunks;
    if (kind === 'content') this.#contentBegan = true;
    if (kind !== 'error') this.#received.push(data);
    return chunks;
  }

  assemble(): ChatReply {
    return assembleCompletion(this.#received);
  }

  /** What an event says. Usage comes in a chunk of its own, though DeepSeek and Mistral tell it beside the last choice and xAI beside each. */
  #parse({ event, data }: SseEvent): [StreamChunk, ...StreamChunk[]] {
    const chunk = parseJson(data);
    if (!isRecord(chunk)) return [{ kind: 'error', data: NOT_JSON }];
    if (chunk.error !== undefined && chunk.error !== null) return [{ kind: 'error', data }];
    if (event === 'error') return [{ kind: 'error', data: JSON.stringify({ error: chunk }) }];
    this.#upstreamModel ??= nonEmptyString(chunk.model);
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    const tellsUsage = isRecord(chunk.usage);
    if (choices.length === 0) return [{ kind: tellsUsage ? 'usage' : 'lifecycle', data }];
    const kind = this.#contentBegan || choices.some(hasContent) ? 'content' : 'lifecycle';
    if (!tellsUsage) return [{ kind, data }];
    return [
      { kind, data: JSON.stringify({ ...chunk, usage: null }) },
      { kind: 'usage', data: JSON.stringify({ ...chunk, choices: [] }) },
    ];
  }
}

const NOT_JSON = JSON.stringify({
  error: {
    message: 'The upstream sent an event that is not a JSON object.',
    type: 'upstream_error',
    param: null,
    code: 'upstream_error',
  },
});

function plainContent(data: string): [StreamChunk] {
  return [{ kind: 'content', data }];
}

function isPlainContent({ event, data }: SseEvent): boolean {
  return (
    event !== 'error' &&
    data.startsWith('{') &&
    data.endsWith('}') &&
    !mayHaveMember(data, '"usage"') &&
    !mayHaveMember(data, '"error"')
  );
}

/**
 * Whether JSON text may have a member of this (quoted) name that is not null; OpenAI sends `"usage":null` in every
 * chunk. Inside a string the quotes would be escaped, so only a string that equals the name looks alike.
 */
function mayHaveMember(json: string, quotedName: string): boolean {
  for (let at = json.indexOf(quotedName); at !== -1; at = json.indexOf(quotedName, at)) {
    at += quotedName.length;
    NULL_MEMBER.lastIndex = at;
    MEMBER.lastIndex = at;
    if (MEMBER.test(json) && !NULL_MEMBER.test(json)) return true;
  }
  return false;
}

const MEMBER = /\s*:/y;
const NULL_MEMBER = /\s*:\s*null/y;

/** Whether a choice says more than its role: any delta that is not empty, or why it ended. */
function hasContent(choice: unknown): boolean {
  if (!isRecord(choice)) return false;
  if (nonEmptyString(choice.finish_reason) !== undefined) return true;
  if (!isRecord(choice.delta)) return false;
  for (const [name, value] of Object.entries(choice.delta)) {
    if (name === 'role' || value === null || value === '') continue;
    if (!Array.isArray(value) || value.length > 0) return true;
  }
  return false;
}
