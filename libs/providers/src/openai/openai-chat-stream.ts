import { CompletionAssembly } from '../endpoints/chat-completions/completion-assembly';
import { isRecord, nameOf, nonEmptyString, parseJson, type JsonRecord } from '../json-record';
import { TextChunkTemplate } from './text-chunk-template';
import type { Reply, SseEvent, StreamChunk, StreamDecoder } from '../translator';

const NOT_JSON = JSON.stringify({
  error: {
    message: 'The upstream sent an event that is not a JSON object.',
    type: 'upstream_error',
    param: null,
    code: 'upstream_error',
  },
});

/** How a vendor's streams differ from OpenAI's. */
export interface StreamHooks {
  /** The chunk in OpenAI's shape; the same object where it has it, so that its data passes. */
  shape?: (chunk: JsonRecord) => JsonRecord;
  /** An error besides that in `error`. */
  errorIn?: (chunk: JsonRecord) => unknown;
  /** Completes the assembled response. */
  reply?: (reply: Reply) => Reply;
}

/**
 * Classifies the events of an OpenAI stream. Their data passes unchanged; each event is read once, for its facts and for the
 * assembled response.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class OpenAiChatStream implements StreamDecoder {
  readonly #assembly = new CompletionAssembly();
  readonly #hooks: StreamHooks;
  #template: TextChunkTemplate | undefined;
  #contentBegan = false;
  #ended = false;
  #upstreamModel: string | undefined;

  constructor(hooks: StreamHooks = {}) {
    this.#hooks = hooks;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get finished(): boolean {
    return this.#assembly.finished;
  }

  get upstreamModel(): string | undefined {
    return this.#upstreamModel;
  }

  push({ event, data }: SseEvent): StreamChunk[] {
    if (this.#ended || data === '') return [];
    if (data.startsWith('[DONE]')) {
      this.#ended = true;
      return [{ kind: 'done', data: '[DONE]' }];
    }
    const text = event === undefined ? this.#template?.textOf(data) : undefined;
    if (this.#template && text !== undefined) {
      this.#assembly.addText(this.#template.choiceIndex, text, data.length);
      return [{ kind: 'content', data, text }];
    }
    this.#template = undefined;
    const chunk = parseJson(data);
    if (!isRecord(chunk)) {
      this.#assembly.markIncomplete();
      return [{ kind: 'error', data: NOT_JSON }];
    }
    if (chunk.error !== undefined && chunk.error !== null) return this.#fail(chunk, data);
    // vLLM sends its older errors bare.
    if (event === 'error' || chunk.object === 'error') return this.#fail(chunk, JSON.stringify({ error: chunk }));
    return this.#read(chunk, data);
  }

  assemble(): Reply {
    const reply = this.#assembly.reply();
    return this.#hooks.reply?.(reply) ?? reply;
  }

  #read(chunk: JsonRecord, data: string): StreamChunk[] {
    const { shape, errorIn } = this.#hooks;
    const shaped = shape?.(chunk) ?? chunk;
    const error = errorIn?.(shaped);
    if (error !== undefined) return this.#fail(shaped, JSON.stringify({ error }));
    this.#assembly.add(shaped, data.length);
    return this.#classify(shaped, shaped === chunk ? data : JSON.stringify(shaped));
  }

  /** An error ends the stream; what it has cost until then counts. */
  #fail({ usage }: JsonRecord, data: string): StreamChunk[] {
    if (isRecord(usage)) this.#assembly.add({ usage }, 0);
    return [{ kind: 'error', data }];
  }

  /** Sends usage in a separate chunk, also where it comes with the last choice (DeepSeek, Mistral) or with each (xAI). */
  #classify(chunk: JsonRecord, data: string): StreamChunk[] {
    this.#upstreamModel ??= nameOf(chunk.model);
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    const hasUsage = isRecord(chunk.usage);
    if (choices.length === 0) return [{ kind: hasUsage ? 'usage' : 'lifecycle', data }];
    this.#contentBegan ||= choices.some(hasContent);
    const kind = this.#contentBegan ? 'content' : 'lifecycle';
    if (!hasUsage) {
      this.#template = TextChunkTemplate.of(chunk, data);
      return [{ kind, data }];
    }
    return [
      { kind, data: JSON.stringify({ ...chunk, usage: null }) },
      { kind: 'usage', data: JSON.stringify({ ...chunk, choices: [] }) },
    ];
  }
}

/** Whether a choice has a finish reason, or a delta that is not empty besides its role. */
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
