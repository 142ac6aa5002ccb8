import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../../json-record';
import type { Reply, SseEvent, StreamChunk, TokenUsage } from '../../translator';
import { readUsage } from '../../usage/read-usage';
import { NewReasoning } from '../new-reasoning';
import { OverChatStream } from '../over-chat-stream';
import { messageEvent, textEvent } from './message-event';
import { messageOfCompletion, reasoningText, startOf, stopOf, usageOf } from './message-of-completion';
import { signatureOf } from './reasoning-signature';
import { ToolBlocks } from './tool-blocks';

type OpenBlock = { kind: 'thinking' | 'text'; index: number };

/**
 * The events of a message, from the chunks of a chat stream: one block is open at a time, and indexes have no gaps.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessageEvents extends OverChatStream {
  private hasStarted = false;
  private open: OpenBlock | undefined;
  private blocks = 0;
  private stop: JsonRecord | undefined;
  private refusal = '';
  /** Text that came within the arguments of a call. */
  private late = '';
  private readonly reasoning = new NewReasoning();
  private readonly tools = new ToolBlocks(() => this.nextIndex());

  push(event: SseEvent): StreamChunk[] {
    return this.chat.push(event).flatMap((chunk) => this.eventsOf(chunk));
  }

  assemble(): Reply {
    return messageOfCompletion(this.chat.assemble());
  }

  private eventsOf({ kind, data, text }: StreamChunk): StreamChunk[] {
    if (text !== undefined && this.hasStarted) return this.text('text', text);
    if (kind === 'error') return [{ kind, data }];
    if (kind === 'done')
      return [
        ...this.end(undefined),
        ...this.lastThinking(),
        { kind, event: 'message_stop', data: '{"type":"message_stop"}' },
      ];
    const chunk = parseJson(data);
    if (!isRecord(chunk)) return [];
    const [choice]: unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    // Azure's first chunk has no choice, id or model.
    const start = this.hasStarted || !(choice || nonEmptyString(chunk.id)) ? [] : [this.start(chunk)];
    const events = isRecord(choice) ? this.choice(choice) : [];
    const usage = readUsage(chunk.usage);
    return [...start, ...events, ...(usage && this.stop ? [this.delta(usage)] : [])];
  }

  private start(chunk: JsonRecord): StreamChunk {
    this.hasStarted = true;
    // The input's tokens are known at the end, where clients take them from the delta.
    const usage = { ...usageOf(undefined), output_tokens: 1 };
    const stop = { stop_reason: null, stop_sequence: null, stop_details: null };
    return messageEvent(
      { type: 'message_start', message: { ...startOf(chunk), content: [], ...stop, usage } },
      'lifecycle',
    );
  }

  private choice({ delta, finish_reason: finish }: JsonRecord): StreamChunk[] {
    const { content, refusal, tool_calls: calls, ...rest } = isRecord(delta) ? delta : {};
    this.reasoning.add(rest);
    const events = [
      ...this.text('thinking', reasoningText(rest)),
      ...this.text('text', textOf(content)),
      ...this.text('text', nonEmptyString(refusal)),
    ];
    this.refusal += nonEmptyString(refusal) ?? '';
    if (Array.isArray(calls) && calls.length > 0 && !this.stop)
      events.push(
        ...this.closeBlock(),
        ...this.ownThinking(),
        ...calls.filter(isRecord).flatMap((call) => this.tools.push(call)),
      );
    return nonEmptyString(finish) === undefined ? events : [...events, ...this.end(finish)];
  }

  /** Closes what is open and says why the message ends, once. */
  private end(finish: unknown): StreamChunk[] {
    if (this.stop || !this.hasStarted) return [];
    const events = [
      ...this.closeBlock(),
      ...this.tools.end(),
      ...this.text('text', this.late || undefined),
      ...this.closeBlock(),
      ...this.lastThinking(),
    ];
    this.stop = stopOf(finish, this.tools.count > 0, this.refusal);
    return [...events, this.delta(undefined)];
  }

  /** Continues the open block of this kind, or opens one. */
  private text(kind: OpenBlock['kind'], piece: string | undefined): StreamChunk[] {
    if (piece === undefined || this.stop) return [];
    if (this.tools.isOpen) {
      // Text within the arguments of a call waits for their end.
      this.late += kind === 'text' ? piece : '';
      return [];
    }
    const events: StreamChunk[] = [];
    if (this.open?.kind !== kind) {
      events.push(...this.closeBlock(), ...this.tools.end());
      if (kind === 'text') events.push(...this.ownThinking());
      events.push(this.openBlock(kind));
    }
    const index = this.blocks - 1;
    const delta = { type: 'thinking_delta', thinking: piece };
    const event =
      kind === 'text' ? textEvent(index, piece) : messageEvent({ type: 'content_block_delta', index, delta });
    return [...events, event];
  }

  /** A block for reasoning that the vendor alone can read, or that came after its block was closed, where none is open. */
  private ownThinking(): StreamChunk[] {
    if (!this.reasoning.hasDetails || this.open || this.tools.hasBlock || !this.hasStarted) return [];
    return [this.openBlock('thinking'), ...this.closeBlock()];
  }

  /** The same at the end of a message. Clients take the last block of one without calls as its text. */
  private lastThinking(): StreamChunk[] {
    return this.tools.count > 0 || this.blocks === 0 ? this.ownThinking() : [];
  }

  private openBlock(kind: OpenBlock['kind']): StreamChunk {
    this.open = { kind, index: this.nextIndex() };
    const block = kind === 'text' ? { type: kind, text: '' } : { type: kind, thinking: '', signature: '' };
    return messageEvent({ type: 'content_block_start', index: this.open.index, content_block: block });
  }

  private closeBlock(): StreamChunk[] {
    const { open } = this;
    if (!open) return [];
    this.open = undefined;
    const stop = messageEvent({ type: 'content_block_stop', index: open.index });
    if (open.kind === 'text') return [stop];
    const delta = { type: 'signature_delta', signature: signatureOf(this.reasoning.take().details) };
    return [messageEvent({ type: 'content_block_delta', index: open.index, delta }), stop];
  }

  /** The event that the pipeline holds back to the end; the last one counts. */
  private delta(usage: TokenUsage | undefined): StreamChunk {
    return messageEvent({ type: 'message_delta', delta: this.stop, usage: usageOf(usage) }, 'usage');
  }

  private nextIndex(): number {
    this.blocks += 1;
    return this.blocks - 1;
  }
}

function textOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return nonEmptyString(content);
  return nonEmptyString(content.map((part: unknown) => (isRecord(part) ? (part.text ?? '') : '')).join(''));
}
