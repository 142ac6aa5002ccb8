import { isRecord, type JsonRecord, parseJson } from '../../json-record';
import type { ProviderError, Reply, SseEvent, StreamChunk, StreamDecoder, UpstreamCall } from '../../translator';
import { TextTemplate } from '../../transport/text-template';
import { AnthropicAnswer } from './anthropic-answer';

const NOT_JSON = JSON.stringify({
  type: 'error',
  error: { type: 'api_error', message: 'The upstream sent an event that is not a JSON object.' },
});

/**
 * Reads the events of Anthropic's stream as chunks of OpenAI's. Events and blocks that are not known are skipped, as the
 * vendor adds some from time to time.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class AnthropicStream implements StreamDecoder {
  private readonly answer: AnthropicAnswer;
  private hasEnded = false;
  /** Of the events with a piece of the text of the block at `textIndex`. */
  private template: TextTemplate | undefined;
  private textIndex: unknown;

  constructor(call: UpstreamCall) {
    this.answer = new AnthropicAnswer(call);
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  /** With a stop reason; some servers leave `message_stop` out. */
  get finished(): boolean {
    return this.answer.finished;
  }

  get upstreamModel(): string | undefined {
    return this.answer.upstreamModel;
  }

  push({ data }: SseEvent): StreamChunk[] {
    if (this.hasEnded || data === '') return [];
    const text = this.template?.textOf(data);
    if (text !== undefined) return this.answer.delta(this.textIndex, { type: 'text_delta', text });
    const event = parseJson(data);
    if (isRecord(event)) return this.read(event, data);
    this.answer.markIncomplete();
    return [{ kind: 'error', data: NOT_JSON }];
  }

  /** The counts of a stream that ended without `message_stop`. */
  close(error?: ProviderError): StreamChunk[] {
    return error || this.hasEnded ? [] : this.answer.usageChunk();
  }

  assemble(): Reply {
    return this.answer.reply();
  }

  private learn({ index, delta }: JsonRecord, data: string): void {
    const text = isRecord(delta) && delta.type === 'text_delta' ? delta.text : undefined;
    this.template = typeof text === 'string' ? TextTemplate.of(data, 'text', text) : undefined;
    this.textIndex = index;
  }

  private read(event: JsonRecord, data: string): StreamChunk[] {
    const { type, index } = event;
    switch (type) {
      case 'message_start':
        return isRecord(event.message) ? this.answer.start(event.message) : [];
      case 'content_block_start':
        return this.answer.startBlock(index, event.content_block);
      case 'content_block_delta':
        this.learn(event, data);
        return this.answer.delta(index, event.delta);
      case 'content_block_stop':
        return this.answer.stopBlock(index);
      case 'message_delta':
        return this.answer.end(event.delta, event.usage);
      case 'message_stop':
        this.hasEnded = true;
        return [...this.answer.usageChunk(), { kind: 'done', data: '[DONE]' }];
      case 'error':
        this.answer.count(event.usage);
        return [{ kind: 'error', data }];
      default:
        return [];
    }
  }
}
