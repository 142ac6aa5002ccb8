import { isRecord, nameOf, parseJson } from '../../json-record';
import type { Reply, SseEvent, StreamChunk, StreamDecoder } from '../../translator';
import { MessageAssembly } from './message-assembly';

const NOT_JSON = JSON.stringify({
  type: 'error',
  error: { type: 'api_error', message: 'The upstream sent an event that is not a JSON object.' },
});
/** Blocks that are content as soon as they begin. */
const CALLS = /_use$/;

/**
 * Classifies the events of a stream of messages. Their data passes unchanged; each event is read once, for its facts and for
 * the assembled message.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessagesStream implements StreamDecoder {
  readonly #assembly = new MessageAssembly();
  #contentBegan = false;
  #ended = false;
  #upstreamModel: string | undefined;

  get ended(): boolean {
    return this.#ended;
  }

  get finished(): boolean {
    return this.#assembly.finished;
  }

  get upstreamModel(): string | undefined {
    return this.#upstreamModel;
  }

  push({ event: name, data }: SseEvent): StreamChunk[] {
    if (this.#ended || data === '') return [];
    const event = parseJson(data);
    if (!isRecord(event)) {
      this.#assembly.markIncomplete();
      return [{ kind: 'error', data: NOT_JSON }];
    }
    const type = typeof event.type === 'string' ? event.type : name;
    if (type === 'error') {
      this.#assembly.count(event.usage);
      return [{ kind: 'error', data }];
    }
    if (type === 'message_stop') {
      this.#ended = true;
      return [{ kind: 'done', event: type, data }];
    }
    this.#assembly.add(event, data.length);
    if (type === 'message_delta') return [{ kind: 'usage', event: type, data }];
    if (type === 'message_start' && isRecord(event.message)) this.#upstreamModel ??= nameOf(event.message.model);
    this.#contentBegan ||= type === 'content_block_delta' || startsCall(event.content_block);
    return [{ kind: this.#contentBegan ? 'content' : 'lifecycle', event: type, data }];
  }

  assemble(): Reply {
    return this.#assembly.reply();
  }
}

function startsCall(block: unknown): boolean {
  return isRecord(block) && typeof block.type === 'string' && CALLS.test(block.type);
}
