import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { UpstreamCall } from '../../translator';
import { CLAUDE_FORMAT } from '../anthropic-names';
import { givenName } from './given-names';
import type { AnswerTurn } from './anthropic-turn';

/** A block of an answer, as deltas of a message of OpenAI. */
export interface AnswerBlock {
  start(): JsonRecord[];
  /** The text that a delta adds to the message's content; undefined for any other delta. */
  textOf(delta: JsonRecord): string | undefined;
  delta(delta: JsonRecord): JsonRecord[];
  stop(): JsonRecord[];
}

export interface BlockContext {
  call: UpstreamCall;
  turn: AnswerTurn;
  /** The index of the next tool call: it counts tools, not blocks. */
  nextTool: () => number;
}

/** The block that a stream or a response begins; undefined for one that OpenAI's shape has no place for. */
export function openBlock(block: JsonRecord, context: BlockContext): AnswerBlock | undefined {
  switch (block.type) {
    case 'text':
      return new TextBlock(block, context.turn);
    case 'thinking':
      return new ThinkingBlock(block, context.turn);
    case 'redacted_thinking':
      return new RedactedBlock(block, context.turn);
    case 'tool_use':
      return new ToolBlock(block, context);
    default:
      return undefined;
  }
}

class TextBlock implements AnswerBlock {
  private readonly kept = { type: 'text', text: '' };
  private readonly cited: JsonRecord[] = [];
  private readonly startsAt: number;

  constructor(
    private readonly block: JsonRecord,
    private readonly turn: AnswerTurn,
  ) {
    this.startsAt = turn.textLength;
  }

  start(): JsonRecord[] {
    for (const citation of Array.isArray(this.block.citations) ? this.block.citations : []) this.cite(citation);
    const text = this.textOf({ type: 'text_delta', text: this.block.text });
    return text ? [{ content: text }] : [];
  }

  textOf({ type, text }: JsonRecord): string | undefined {
    if (type !== 'text_delta') return undefined;
    const added = nonEmptyString(text) ?? '';
    if (added !== '' && this.kept.text === '') this.turn.add(this.kept);
    this.kept.text += added;
    this.turn.textLength += added.length;
    return added;
  }

  delta({ type, citation }: JsonRecord): JsonRecord[] {
    if (type === 'citations_delta') this.cite(citation);
    return [];
  }

  stop(): JsonRecord[] {
    const place = { start_index: this.startsAt, end_index: this.turn.textLength };
    const annotations = this.cited.map((page) => ({ type: 'url_citation', url_citation: { ...page, ...place } }));
    return annotations.length > 0 ? [{ annotations }] : [];
  }

  /** Citations of pages become annotations; OpenAI's shape has none for those of documents. */
  private cite(citation: unknown): void {
    if (!isRecord(citation) || nonEmptyString(citation.url) === undefined) return;
    this.cited.push({ url: citation.url, title: nonEmptyString(citation.title) ?? '' });
  }
}

/** @see https://openrouter.ai/docs/use-cases/reasoning-tokens `reasoning_details` */
class ThinkingBlock implements AnswerBlock {
  private readonly kept: { type: string; thinking: string; signature: string };
  private readonly index: number;

  constructor(
    private readonly block: JsonRecord,
    turn: AnswerTurn,
  ) {
    this.kept = { type: 'thinking', thinking: '', signature: '' };
    this.index = turn.add(this.kept);
  }

  start(): JsonRecord[] {
    this.kept.signature = nonEmptyString(this.block.signature) ?? '';
    return this.delta({ type: 'thinking_delta', thinking: this.block.thinking });
  }

  textOf(): undefined {
    return undefined;
  }

  delta({ type, thinking, signature }: JsonRecord): JsonRecord[] {
    if (type === 'signature_delta') this.kept.signature += nonEmptyString(signature) ?? '';
    const text = type === 'thinking_delta' ? nonEmptyString(thinking) : undefined;
    if (text === undefined) return [];
    this.kept.thinking += text;
    return [{ reasoning_content: text, reasoning_details: [this.detail({ text })] }];
  }

  stop(): JsonRecord[] {
    const { thinking, signature } = this.kept;
    if (signature === '') return [];
    // Thinking whose text is left out goes back with an empty one.
    return [{ reasoning_details: [this.detail({ ...(thinking === '' && { text: '' }), signature })] }];
  }

  private detail(members: JsonRecord): JsonRecord {
    return { type: 'reasoning.text', ...members, format: CLAUDE_FORMAT, index: this.index };
  }
}

class RedactedBlock implements AnswerBlock {
  private readonly index: number;

  constructor(
    private readonly block: JsonRecord,
    turn: AnswerTurn,
  ) {
    this.index = turn.add({ type: 'redacted_thinking', data: block.data });
  }

  start(): JsonRecord[] {
    const { data } = this.block;
    return [{ reasoning_details: [{ type: 'reasoning.encrypted', data, format: CLAUDE_FORMAT, index: this.index }] }];
  }

  textOf(): undefined {
    return undefined;
  }

  delta(): JsonRecord[] {
    return [];
  }

  stop(): JsonRecord[] {
    return [];
  }
}

class ToolBlock implements AnswerBlock {
  /** With its input as JSON text, as it goes to the client. */
  private readonly kept: { type: string; id: unknown; name: unknown; input: string };
  private readonly index: number;

  constructor(
    private readonly block: JsonRecord,
    private readonly context: BlockContext,
  ) {
    this.kept = { type: 'tool_use', id: block.id, name: block.name, input: '' };
    context.turn.add(this.kept);
    this.index = context.nextTool();
  }

  start(): JsonRecord[] {
    const { id, name } = this.block;
    const called = { name: givenName(String(name), this.context.call), arguments: '' };
    return [{ tool_calls: [{ index: this.index, id, type: 'function', function: called }] }];
  }

  textOf(): undefined {
    return undefined;
  }

  delta({ type, partial_json: json }: JsonRecord): JsonRecord[] {
    const piece = type === 'input_json_delta' ? nonEmptyString(json) : undefined;
    if (piece === undefined) return [];
    this.kept.input += piece;
    return [{ tool_calls: [{ index: this.index, function: { arguments: piece } }] }];
  }

  /** A tool without arguments has no deltas. */
  stop(): JsonRecord[] {
    if (this.kept.input !== '') return [];
    const { input } = this.block;
    const json = isRecord(input) ? String(stringifyExact(input)) : '{}';
    return this.delta({ type: 'input_json_delta', partial_json: json });
  }
}
