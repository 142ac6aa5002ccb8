import { isRecord, type JsonRecord } from '../json-record';
import { TextTemplate } from '../transport/text-template';

/** The template of chunks with a piece of text and no other content. */
export class TextChunkTemplate {
  private constructor(
    readonly choiceIndex: number,
    private readonly template: TextTemplate,
  ) {}

  /** The template of a chunk with a piece of text and no other content; undefined for every other chunk. */
  static of(chunk: JsonRecord, data: string): TextChunkTemplate | undefined {
    if (!Array.isArray(chunk.choices) || chunk.choices.length !== 1) return undefined;
    const choice: unknown = chunk.choices[0];
    if (!isRecord(choice) || !isRecord(choice.delta) || choice.finish_reason || choice.logprobs) return undefined;
    const { content } = choice.delta;
    if (typeof content !== 'string' || Object.keys(choice.delta).length !== 1) return undefined;
    const template = TextTemplate.of(data, 'content', content);
    const index = typeof choice.index === 'number' ? choice.index : 0;
    return template && new TextChunkTemplate(index, template);
  }

  /** The text of a chunk of this template; undefined where the data must be parsed. */
  textOf(data: string): string | undefined {
    return this.template.textOf(data);
  }
}
