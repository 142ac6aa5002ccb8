import type { JsonRecord } from '../../json-record';
import type { CarriedReasoning } from '../../responses/own-reasoning';
import type { ResponseEvent } from '../../responses/event-writer';
import type { OutputWriter } from '../../responses/output-writer';
import type { GrowingCall } from './call-order';
import { contentPart, type ItemShapes, summaryPart, type WrittenPart } from './response-items';

type Status = 'completed' | 'incomplete';

/** An output item that is being streamed. */
export interface OpenItem {
  open(): ResponseEvent;
  /** The item as it stands. */
  item(status: Status): JsonRecord;
  /** Ends it. @returns its last events, and the item as it ends */
  close(status: Status): { events: ResponseEvent[]; item: JsonRecord };
}

/** Where an item is written: the writer, the shapes, and the item's index in the output. */
export type Place = [writer: OutputWriter, shapes: ItemShapes, index: number];

/** Reasoning whose text streams as a summary. */
export class OpenReasoning implements OpenItem {
  #text = '';

  /** @param carried read when the item ends; undefined where the caller does not ask for it */
  constructor(
    private readonly writer: OutputWriter,
    private readonly shapes: ItemShapes,
    private readonly index: number,
    private readonly carried: () => CarriedReasoning | undefined,
  ) {}

  open(): ResponseEvent {
    return this.writer.openItem(this.shapes.reasoning(this.index, '', undefined));
  }

  write(piece: string): ResponseEvent[] {
    const opening = this.#text === '' ? [this.writer.openPart('summary_text')] : [];
    this.#text += piece;
    return [...opening, this.writer.partDelta(piece)];
  }

  item(): JsonRecord {
    return this.shapes.reasoning(this.index, this.#text, this.carried());
  }

  close() {
    const part = this.#text === '' ? [] : this.writer.closePart(summaryPart(this.#text));
    const item = this.item();
    return { events: [...part, this.writer.closeItem(item)], item };
  }
}

/** A message whose texts and refusals stream. */
export class OpenMessage implements OpenItem {
  readonly #parts: WrittenPart[] = [];

  constructor(
    private readonly writer: OutputWriter,
    private readonly shapes: ItemShapes,
    private readonly index: number,
  ) {}

  open(): ResponseEvent {
    return this.writer.openItem(this.shapes.message(this.index, [], 'in_progress'));
  }

  write(type: WrittenPart['type'], piece: string, logprobs: unknown[]): ResponseEvent[] {
    const events = this.#partOf(type);
    const part = this.#last;
    if (!part) return events;
    part.text += piece;
    part.logprobs.push(...logprobs);
    return [...events, this.writer.partDelta(piece, logprobs)];
  }

  annotate(annotation: unknown): ResponseEvent[] {
    const part = this.#last;
    if (part?.type !== 'output_text') return [];
    return [this.writer.annotation(annotation, part.annotations.push(annotation) - 1)];
  }

  item(status: Status): JsonRecord {
    return this.shapes.message(this.index, this.#parts, status);
  }

  close(status: Status) {
    const item = this.item(status);
    return { events: [...this.#closePart(), this.writer.closeItem(item)], item };
  }

  get #last(): WrittenPart | undefined {
    return this.#parts.at(-1);
  }

  /** Opens a part of this type unless the last one has it. */
  #partOf(type: WrittenPart['type']): ResponseEvent[] {
    if (this.#last?.type === type) return [];
    const closing = this.#closePart();
    this.#parts.push({ type, text: '', annotations: [], logprobs: [] });
    return [...closing, this.writer.openPart(type)];
  }

  #closePart(): ResponseEvent[] {
    return this.#last ? this.writer.closePart(contentPart(this.#last)) : [];
  }
}

/** A function call whose arguments stream. */
export class OpenCall implements OpenItem {
  constructor(
    private readonly writer: OutputWriter,
    private readonly shapes: ItemShapes,
    private readonly index: number,
    private readonly call: GrowingCall,
  ) {}

  open(): ResponseEvent {
    return this.writer.openItem(this.shapes.call(this.index, { ...this.call, arguments: '' }, 'in_progress'));
  }

  /** The arguments that have come since the last time. */
  write(): ResponseEvent[] {
    const piece = this.call.arguments.slice(this.call.sent);
    this.call.sent = this.call.arguments.length;
    return piece === '' ? [] : [this.writer.callDelta(piece)];
  }

  item(status: Status): JsonRecord {
    return this.shapes.call(this.index, this.call, status);
  }

  close(status: Status) {
    const item = this.item(status);
    return { events: [...this.write(), this.writer.callDone(item), this.writer.closeItem(item)], item };
  }
}
