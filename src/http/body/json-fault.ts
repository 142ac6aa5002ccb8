/** In longer text no fault is looked for, in UTF-16 units: the search takes longer than `JSON.parse`. */
const MAX_SEARCHED = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = '\ufeff';
const SPACES = ' \t\n\r';
const CLOSERS: Record<string, string> = { '{': '}', '[': ']' };
const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' };

/**
 * Says where a text stops being JSON, as `unexpected "}" at line 3, column 1`. Node's own messages differ between its
 * versions, and many of them name no position.
 *
 * @returns undefined if the text is JSON, or too long
 */
export function describeFault(sent: string): string | undefined {
  const text = sent.startsWith(BYTE_ORDER_MARK) ? sent.slice(1) : sent;
  if (text.length > MAX_SEARCHED) return undefined;
  const at = new JsonScanner(text).fault();
  if (at === undefined) return undefined;
  let [line, lineStart] = [1, 0];
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = end + 1;
  }
  return `${describeCharacter(text, at)} at line ${line}, column ${at - lineStart + 1}`;
}

function describeCharacter(text: string, at: number): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'it ends too early';
  const character = String.fromCodePoint(code);
  if (code >= 0x20) return character === '"' ? `unexpected '"'` : `unexpected "${character}"`;
  return SPACES.includes(character) ? describeSpace(character) : 'unexpected control character';
}

/** Between tokens such a character is allowed: this one is in a text. */
function describeSpace(character: string): string {
  return `unexpected ${character === '\t' ? 'control character' : 'line break'} in a text`;
}

/** Reads a text up to the first character that no JSON has there. Without recursion: a text may be nested very deeply. */
class JsonScanner {
  private at = 0;
  /** What closes the open objects and arrays. */
  private readonly closers: string[] = [];

  constructor(private readonly text: string) {}

  /** @returns the index of the fault, which is the text's length if it ends too early; undefined if there is none */
  fault(): number | undefined {
    let isValid = this.value();
    while (isValid && this.closers.length > 0) isValid = this.next();
    if (isValid) this.skipSpaces();
    return isValid && this.at === this.text.length ? undefined : this.at;
  }

  /** Reads a value; of an object or array only its start and its first value. */
  private value(): boolean {
    for (;;) {
      this.skipSpaces();
      const character = this.text[this.at] ?? '';
      const closer = CLOSERS[character];
      if (closer === undefined) return this.scalar(character);
      this.at += 1;
      this.skipSpaces();
      if (this.take(closer)) return true;
      this.closers.push(closer);
      if (closer === '}' && !this.name()) return false;
    }
  }

  /** Reads what follows a value in the innermost object or array. */
  private next(): boolean {
    this.skipSpaces();
    const closer = this.closers.at(-1) ?? '';
    if (this.take(closer)) return this.closers.pop() !== undefined;
    if (!this.take(',')) return false;
    return (closer === ']' || this.name()) && this.value();
  }

  private name(): boolean {
    this.skipSpaces();
    if (!this.string()) return false;
    this.skipSpaces();
    return this.take(':');
  }

  private scalar(character: string): boolean {
    if (character === '"') return this.string();
    const literal = LITERALS[character];
    return literal === undefined ? this.number() : [...literal].every((letter) => this.take(letter));
  }

  private string(): boolean {
    if (!this.take('"')) return false;
    for (;;) {
      while (isPlain(this.text.charCodeAt(this.at))) this.at += 1;
      if (this.take('"')) return true;
      if (!this.take('\\') || !this.escape()) return false;
    }
  }

  private escape(): boolean {
    if (!this.take('u')) return this.takeOneOf('"\\/bfnrt');
    return [1, 2, 3, 4].every(() => this.takeOneOf('0123456789abcdefABCDEF'));
  }

  private number(): boolean {
    this.take('-');
    if (!this.take('0') && !this.digits()) return false;
    if (this.take('.') && !this.digits()) return false;
    if (!this.takeOneOf('eE')) return true;
    this.takeOneOf('+-');
    return this.digits();
  }

  private digits(): boolean {
    const start = this.at;
    while (this.takeOneOf('0123456789'));
    return this.at > start;
  }

  private skipSpaces(): void {
    while (this.takeOneOf(SPACES));
  }

  private take(character: string): boolean {
    return this.takeOneOf(character);
  }

  private takeOneOf(characters: string): boolean {
    const character = this.text[this.at];
    if (character === undefined || !characters.includes(character)) return false;
    this.at += 1;
    return true;
  }
}

/** Whether a UTF-16 unit stands for itself in a text. NaN, at the end, does not. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}
