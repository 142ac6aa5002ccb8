import { isRecord, type JsonRecord } from '../../json-record';
import type { EventWriter, ResponseEvent } from '../../responses/event-writer';
import type { CarriedReasoning } from '../../responses/own-reasoning';
import { OutputWriter } from '../../responses/output-writer';
import { NewReasoning } from '../new-reasoning';
import { CallOrder, type GrowingCall } from './call-order';
import { ENCRYPTED_REASONING, includes } from './chat-request';
import { OpenCall, type OpenItem, OpenMessage, OpenReasoning, type Place } from './open-item';
import type { ResponseIds } from './response-base';
import { annotationOf, carriedReasoning, ItemShapes, listOf, reasoningOf, textOf } from './response-items';

type Status = 'completed' | 'incomplete';

/** The output of a response that streams: one item is open at a time. */
export class ResponseOutput {
  /** The items that have ended. */
  readonly items: JsonRecord[] = [];
  readonly #writer: OutputWriter;
  readonly #calls = new CallOrder();
  readonly #carries: boolean;
  #shapes: ItemShapes | undefined;
  #open: OpenItem | undefined;
  /** Writes texts that came while a call was being written. */
  readonly #late: (() => ResponseEvent[])[] = [];
  readonly #reasoning = new NewReasoning();

  constructor(events: EventWriter, body: JsonRecord) {
    this.#writer = new OutputWriter(events);
    this.#carries = includes(body.include, ENCRYPTED_REASONING);
  }

  get hasBegun(): boolean {
    return this.#shapes !== undefined;
  }

  begin(ids: ResponseIds): void {
    this.#shapes = new ItemShapes(ids);
  }

  /** Keeps the reasoning of a delta that the vendor needs back, each delta's once. */
  keepReasoning(delta: JsonRecord): void {
    if (this.#carries) this.#reasoning.add(delta);
  }

  /** Whether a delta says anything that the response shows. */
  isContent(delta: JsonRecord): boolean {
    const texts = [textOf(delta.content), textOf(delta.refusal), reasoningOf(delta)];
    return texts.some((text) => text !== '') || listOf(delta.tool_calls).length > 0;
  }

  /** The events of a delta. @param logprobs those of the choice */
  add(delta: JsonRecord, logprobs: unknown): ResponseEvent[] {
    if (!this.isContent(delta)) return [];
    const events: ResponseEvent[] = [];
    const reasoning = reasoningOf(delta);
    if (reasoning !== '') events.push(...this.#reason(reasoning));
    const { content } = isRecord(logprobs) ? logprobs : {};
    events.push(...this.#say('output_text', textOf(delta.content), listOf(content)));
    for (const annotation of listOf(delta.annotations))
      if (this.#open instanceof OpenMessage) events.push(...this.#open.annotate(annotationOf(annotation)));
    events.push(...this.#say('refusal', textOf(delta.refusal), []));
    const calls = listOf(delta.tool_calls);
    if (calls.length > 0) events.push(...this.#call(calls));
    return events;
  }

  /** The events of a delta that has a piece of text and nothing else. */
  addText(text: string): ResponseEvent[] {
    return this.#say('output_text', text, []);
  }

  /** Ends the open item, and writes the calls, the texts and the reasoning that are left. */
  end(status: Status): ResponseEvent[] {
    const events: ResponseEvent[] = [];
    for (let call = this.#calls.current; call; call = this.#calls.current) {
      events.push(...this.#openCall(call).events);
      this.#calls.next();
      if (this.#calls.current ?? this.#late[0]) events.push(...this.#close('completed'));
    }
    for (const write of this.#late.splice(0)) events.push(...write());
    return [...events, ...this.#close(status), ...this.#lateDetails()];
  }

  /** The items so far, the open one among them. */
  get unfinished(): JsonRecord[] {
    return this.#open ? [...this.items, this.#open.item('incomplete')] : this.items;
  }

  #reason(text: string): ResponseEvent[] {
    if (this.#open instanceof OpenReasoning) return this.#open.write(text);
    return this.#besideCalls(() => {
      const opened = this.#show((...place) => new OpenReasoning(...place, () => this.#carriedNow()));
      return [...opened.events, ...opened.item.write(text)];
    });
  }

  #say(type: 'output_text' | 'refusal', text: string, logprobs: unknown[]): ResponseEvent[] {
    if (text === '') return [];
    if (this.#open instanceof OpenMessage) return this.#open.write(type, text, logprobs);
    return this.#besideCalls(() => {
      const before = this.#beforeVisible();
      const opened = this.#show((...place) => new OpenMessage(...place));
      return [...before, ...opened.events, ...opened.item.write(type, text, logprobs)];
    });
  }

  /** What comes while a call is being written waits for its end. */
  #besideCalls(write: () => ResponseEvent[]): ResponseEvent[] {
    if (!this.#calls.current) return write();
    if (!this.#calls.isWhole || this.#calls.hasNext) {
      this.#late.push(write);
      return [];
    }
    const closing = this.#close('completed');
    this.#calls.next();
    return [...closing, ...write()];
  }

  #call(deltas: unknown[]): ResponseEvent[] {
    this.#calls.add(deltas);
    const events: ResponseEvent[] = [];
    for (let call = this.#calls.current; call; call = this.#calls.current) {
      const opened = this.#openCall(call);
      events.push(...opened.events, ...opened.item.write());
      if (!this.#calls.hasNext || !this.#calls.isWhole) break;
      events.push(...this.#close('completed'));
      this.#calls.next();
    }
    return events;
  }

  #openCall(call: GrowingCall): { item: OpenCall; events: ResponseEvent[] } {
    if (this.#open instanceof OpenCall) return { item: this.#open, events: [] };
    const before = this.#beforeVisible();
    const { item, events } = this.#show((...place) => new OpenCall(...place, call));
    return { item, events: [...before, ...events] };
  }

  /** Ends what is open; reasoning that has only details comes before what they belong to. */
  #beforeVisible(): ResponseEvent[] {
    return [...this.#close('completed'), ...this.#lateDetails()];
  }

  #lateDetails(): ResponseEvent[] {
    if (!this.#reasoning.hasDetails) return [];
    const { events } = this.#show((...place) => new OpenReasoning(...place, () => this.#carriedNow()));
    return [...events, ...this.#close('completed')];
  }

  #show<Item extends OpenItem>(make: (...place: Place) => Item): { item: Item; events: ResponseEvent[] } {
    const closing = this.#close('completed');
    if (!this.#shapes) throw new TypeError('The response has not begun.');
    const item = make(this.#writer, this.#shapes, this.items.length);
    this.#open = item;
    return { item, events: [...closing, item.open()] };
  }

  #close(status: Status): ResponseEvent[] {
    const ended = this.#open?.close(status);
    this.#open = undefined;
    if (!ended) return [];
    this.items.push(ended.item);
    return ended.events;
  }

  /** What the vendor needs back and no earlier item carries. */
  #carriedNow(): CarriedReasoning | undefined {
    if (!this.#carries) return undefined;
    const { details, text } = this.#reasoning.take();
    return carriedReasoning(details, text);
  }
}
