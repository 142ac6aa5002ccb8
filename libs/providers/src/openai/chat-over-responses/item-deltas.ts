import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import { partsOf } from '../../responses/response-facts';
import { RESPONSES_FORMAT } from './earlier-reasoning';

/** An output item, as deltas of a message of chat completions. */
export interface ItemDeltas {
  start(): JsonRecord[];
  /** An event of the item between its start and its end. */
  event(type: string, event: JsonRecord): JsonRecord[];
  /** What the events have left out. @param item as it ended */
  stop(item: JsonRecord): JsonRecord[];
}

/** Between the parts of a summary, which are paragraphs. */
const PARAGRAPH = '\n\n';

/** @param index the item's place in the output @param nextCall numbers the calls; undefined for an item without a place in chat */
export function openItem(item: JsonRecord, index: number, nextCall: () => number): ItemDeltas | undefined {
  switch (item.type) {
    case 'message':
      return new MessageDeltas();
    case 'reasoning':
      return new ReasoningDeltas(index);
    case 'function_call':
      return new CallDeltas(item, nextCall(), { type: 'function', input: 'arguments' });
    case 'custom_tool_call':
      return new CallDeltas(item, nextCall(), { type: 'custom', input: 'input' });
    default:
      return undefined;
  }
}

/** The part of a text that has not been written. */
function rest(whole: unknown, written: string): string {
  const text = nonEmptyString(whole) ?? '';
  return text.startsWith(written) ? text.slice(written.length) : '';
}

class MessageDeltas implements ItemDeltas {
  private text = '';
  private refusal = '';
  private isCited = false;

  start(): JsonRecord[] {
    return [];
  }

  event(type: string, { delta, annotation }: JsonRecord): JsonRecord[] {
    if (type === 'response.output_text.delta') return this.say(delta);
    if (type === 'response.refusal.delta') return this.refuse(delta);
    if (type !== 'response.output_text.annotation.added') return [];
    this.isCited = true;
    return annotationsOf([annotation]);
  }

  stop({ content }: JsonRecord): JsonRecord[] {
    const parts = partsOf(content);
    const joined = (member: string): string => parts.map((part) => nonEmptyString(part[member]) ?? '').join('');
    const cited = this.isCited ? [] : annotationsOf(parts.flatMap((part) => partsOf(part.annotations)));
    return [
      ...this.say(rest(joined('text'), this.text)),
      ...this.refuse(rest(joined('refusal'), this.refusal)),
      ...cited,
    ];
  }

  private say(delta: unknown): JsonRecord[] {
    const text = nonEmptyString(delta);
    if (text === undefined) return [];
    this.text += text;
    return [{ content: text }];
  }

  private refuse(delta: unknown): JsonRecord[] {
    const refusal = nonEmptyString(delta);
    if (refusal === undefined) return [];
    this.refusal += refusal;
    return [{ refusal }];
  }
}

/** Citations of pages; chat completions have no place for those of files. */
function annotationsOf(annotations: readonly unknown[]): JsonRecord[] {
  const cited = annotations.filter(isRecord).filter(({ type }) => type === 'url_citation');
  if (cited.length === 0) return [];
  return [{ annotations: cited.map(({ type, ...citation }) => ({ type, url_citation: citation })) }];
}

/** @see https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items */
class ReasoningDeltas implements ItemDeltas {
  private text = '';

  constructor(private readonly index: number) {}

  start(): JsonRecord[] {
    return [];
  }

  event(type: string, { delta, summary_index: part }: JsonRecord): JsonRecord[] {
    if (type === 'response.reasoning_summary_part.added') return this.think(part === 0 ? '' : PARAGRAPH);
    const isText = type === 'response.reasoning_summary_text.delta' || type === 'response.reasoning_text.delta';
    return isText ? this.think(nonEmptyString(delta) ?? '') : [];
  }

  /** The encrypted reasoning is whole only here. */
  stop({ id, summary, content, encrypted_content: data }: JsonRecord): JsonRecord[] {
    const parts = partsOf(content).length > 0 ? partsOf(content) : partsOf(summary);
    const whole = parts.map(({ text }) => nonEmptyString(text) ?? '').join(PARAGRAPH);
    const missing = this.think(rest(whole, this.text));
    if (nonEmptyString(data) === undefined) return missing;
    return [...missing, { reasoning_details: [this.detail('encrypted', { data, ...(id !== undefined && { id }) })] }];
  }

  private think(text: string): JsonRecord[] {
    if (text === '') return [];
    this.text += text;
    return [{ reasoning_content: text, reasoning_details: [this.detail('summary', { summary: text })] }];
  }

  private detail(type: string, members: JsonRecord): JsonRecord {
    return { type: `reasoning.${type}`, ...members, format: RESPONSES_FORMAT, index: this.index };
  }
}

class CallDeltas implements ItemDeltas {
  private input = '';

  constructor(
    private readonly item: JsonRecord,
    /** Among the calls. */
    private readonly index: number,
    private readonly kind: { type: string; input: string },
  ) {}

  start(): JsonRecord[] {
    const { type, input } = this.kind;
    const { call_id: id, name } = this.item;
    return [{ tool_calls: [{ index: this.index, id, type, [type]: { name, [input]: '' } }] }];
  }

  event(type: string, { delta }: JsonRecord): JsonRecord[] {
    const isInput =
      type === 'response.function_call_arguments.delta' || type === 'response.custom_tool_call_input.delta';
    return isInput ? this.write(nonEmptyString(delta) ?? '') : [];
  }

  stop(item: JsonRecord): JsonRecord[] {
    return this.write(rest(item[this.kind.input], this.input));
  }

  private write(piece: string): JsonRecord[] {
    if (piece === '') return [];
    this.input += piece;
    const { type, input } = this.kind;
    return [{ tool_calls: [{ index: this.index, [type]: { [input]: piece } }] }];
  }
}
