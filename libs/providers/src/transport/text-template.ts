import { isPlain } from '../json-record';

/**
 * The data of an event before and after its text. Most events of a stream differ from the previous one only in their text: data
 * with the same beginning and end needs no parsing.
 */
export class TextTemplate {
  private constructor(
    private readonly before: string,
    private readonly after: string,
  ) {}

  /**
   * The template of data in which a member with this text stands once; undefined where the text is empty or has escapes.
   *
   * @param data compact JSON
   */
  static of(data: string, member: string, text: string): TextTemplate | undefined {
    if (text === '' || !isPlain(text)) return undefined;
    const place = `"${member}":"${text}"`;
    const at = data.indexOf(place);
    if (at < 0 || data.indexOf(place, at + 1) >= 0) return undefined;
    const end = at + place.length - 1;
    return new TextTemplate(data.slice(0, end - text.length), data.slice(end));
  }

  /** The text of data of this template; undefined where the data must be parsed. */
  textOf(data: string): string | undefined {
    const start = this.before.length;
    const end = data.length - this.after.length;
    // Slices are compared at once, `startsWith` goes by single characters.
    if (end <= start || data.slice(0, start) !== this.before || data.slice(end) !== this.after) return undefined;
    const text = data.slice(start, end);
    return isPlain(text) ? text : undefined;
  }
}
