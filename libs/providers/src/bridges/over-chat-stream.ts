import type { Reply, SseEvent, StreamChunk, StreamDecoder } from '../translator';

/** The stream of another API that is made of a chat stream, and ends with it. */
export abstract class OverChatStream implements StreamDecoder {
  constructor(protected readonly chat: StreamDecoder) {}

  get ended(): boolean {
    return this.chat.ended;
  }

  get finished(): boolean {
    return this.chat.finished;
  }

  get upstreamModel(): string | undefined {
    return this.chat.upstreamModel;
  }

  abstract push(event: SseEvent): StreamChunk[];
  abstract assemble(): Reply;
}
