import { isRecord, type JsonRecord } from '../json-record';

/** Characters that end a JSON string or begin an escape in it, and control characters. */
const NOT_PLAIN = /["\\\p{Cc}]/u;

/**
 * A chunk's data before and after its text. Most chunks of a stream differ from the previous one only in their text: data with
 * the same beginning and end needs no parsing.
 */
export class TextChunkTemplate {
  private constructor(
    readonly choiceIndex: number,
    private readonly before: string,
    private readonly after: string,
  ) {}

  /** The template of a chunk with a piece of text and no other content; undefined for every other chunk. */
  static of(chunk: JsonRecord, data: string): TextChunkTemplate | undefined {
    if (!Array.isArray(chunk.choices) || chunk.choices.length !== 1) return undefined;
    const choice: unknown = chunk.choices[0];
    if (!isRecord(choice) || !isRecord(choice.delta) || choice.finish_reason || choice.logprobs) return undefined;
    const { content } = choice.delta;
    if (typeof content !== 'string' || content === '' || NOT_PLAIN.test(content)) return undefined;
    if (Object.keys(choice.delta).length !== 1) return undefined;
    const text = `"content":"${content}"`;
    const at = data.indexOf(text);
    if (at < 0 || data.indexOf(text, at + 1) >= 0) return undefined;
    const end = at + text.length - 1;
    const index = typeof choice.index === 'number' ? choice.index : 0;
    return new TextChunkTemplate(index, data.slice(0, end - content.length), data.slice(end));
  }

  /** The text of a chunk of this template; undefined where the data must be parsed. */
  textOf(data: string): string | undefined {
    const end = data.length - this.after.length;
    if (end <= this.before.length || !data.startsWith(this.before) || !data.endsWith(this.after)) return undefined;
    const text = data.slice(this.before.length, end);
    return NOT_PLAIN.test(text) ? undefined : text;
  }
}
