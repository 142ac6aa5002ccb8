import { GatewayError } from '../../common/errors';

/** As deep as a cache key goes. */
export const MAX_DEPTH = 256;
/** A text from this length on, in bytes, is left out of what is parsed. */
export const LONG_TEXT_BYTES = 16 * 1024;
const MAX_ELEMENTS = 50_000;
/** What is parsed, hashed and written again within 50 ms; calls are far below. */
export const OF_CALLERS = { maxValues: 50_000, maxParsedBytes: 4 * 1024 * 1024 };

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = 0x20;
const OF_NUMBERS = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number('0123456789+-.eE, \t\r\n'.includes(String.fromCharCode(byte))),
);
/** What other values than numbers begin with. */
const OF_OTHERS = Array.from('[{"tfn', (letter) => letter.charCodeAt(0));
/** So much of a list of numbers is read byte by byte; native searches are worth it for the rest. */
const NEAR_BYTES = 64;
/** A number with its comma is no shorter. */
const MIN_NUMBER_BYTES = 2;

/** What may be in a body. */
export interface BodyRules {
  /** Members and elements; in a list each element by itself. */
  maxValues: number;
  /** What is parsed, in bytes. */
  maxParsedBytes: number;
  /** Whether long texts are left out of what is parsed. */
  leavesOutTexts: boolean;
  /** Whether the arrays of the outermost object are left out, as lists of elements. */
  leavesOutLists: boolean;
  /** Whether a list that has numbers alone counts as one value, however long it is. For bodies without parts that are left out. */
  skipsNumbers?: boolean;
}

/** A part of a body, in bytes from its start. */
export interface BodyRange {
  start: number;
  end: number;
  /** Of a text: whether it has neither escapes nor control characters. */
  isPlain: boolean;
  /** Of a list: the ranges of its elements. */
  elements?: ElementRange[];
}

/** An element of a list, in bytes from the start of the body. */
export interface ElementRange {
  start: number;
  end: number;
  /** Whether it is no JSON, as far as a scan sees that: there is nothing between two commas, or a control character in a text. */
  isBroken: boolean;
}

/**
 * Reads JSON byte by byte as it comes, before it is parsed: counts its values and finds its long texts. It refuses what would
 * hold the process for long; whether the bytes are JSON is for the parser to say.
 */
export class BodyScanner {
  /** What is left out: long texts between their quotes, and whole lists, in order. */
  readonly ranges: BodyRange[] = [];
  private at = 0;
  private depth = 0;
  private values = 1;
  /** In bytes. */
  private rangesLength = 0;
  private string: { start: number; isPlain: boolean } | undefined;
  private isEscaped = false;
  /** A long text that turns out to be a name if a colon follows. */
  private ended: BodyRange | undefined;
  private list: (BodyRange & { elements: ElementRange[] }) | undefined;
  private element: ElementRange | undefined;
  /** Of all lists that are left out. */
  private elements = 0;

  /** In a list that has numbers alone so far: about how many were passed over. */
  private numbers: number | undefined;

  constructor(private readonly rules: BodyRules) {}

  /** @throws GatewayError `request_too_large`, `invalid_request` */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.string) at = this.inString(chunk, at);
      else at = this.numbers === undefined ? this.outside(chunk, at) : this.inNumbers(chunk, at, this.numbers);
    }
    this.at += chunk.length;
    if (this.values > this.rules.maxValues) throw tooManyValues(this.rules);
    const read = this.rules.leavesOutTexts ? ((this.list ?? this.ended ?? this.string)?.start ?? this.at) : this.at;
    if (read - this.rangesLength > this.rules.maxParsedBytes) throw tooMuch(this.rules);
  }

  /** The last text is complete. */
  end(): void {
    if (this.ended) this.add(this.ended);
  }

  private add(range: BodyRange): void {
    this.ranges.push(range);
    this.rangesLength += range.end - range.start;
  }

  private inString(chunk: Buffer, start: number): number {
    const { string } = this;
    let at = start;
    if (this.isEscaped) {
      this.isEscaped = false;
      at += 1;
    }
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? QUOTE;
      if (byte > BACKSLASH || (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH)) continue;
      if (byte === QUOTE) return this.endString(at);
      if (string) string.isPlain = false;
      if (byte === BACKSLASH) at += 1;
      else if (this.element) this.element.isBroken = true;
    }
    this.isEscaped = at > chunk.length;
    return chunk.length;
  }

  private endString(at: number): number {
    const { start, isPlain } = this.string ?? { start: 0, isPlain: true };
    const end = this.at + at;
    this.string = undefined;
    if (this.rules.leavesOutTexts && this.list === undefined && end - start >= LONG_TEXT_BYTES)
      this.ended = { start, end, isPlain };
    return at + 1;
  }

  private outside(chunk: Buffer, start: number): number {
    let at = start;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? SPACE;
      if (byte <= SPACE) continue;
      if (this.ended) this.settle(byte);
      if (this.list) this.inList(byte, this.at + at);
      if (byte === QUOTE) {
        this.string = { start: this.at + at + 1, isPlain: true };
        return at + 1;
      }
      if (byte === COMMA) this.values += 1;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.open(byte, this.at + at);
        if (byte === OPEN_ARRAY && this.rules.skipsNumbers) {
          this.numbers = 0;
          return at + 1;
        }
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.depth -= 1;
    }
    return at;
  }

  /** Passes over a list of numbers, which may go on in the next chunk. What turns out to be another list is counted. */
  private inNumbers(chunk: Buffer, start: number, before: number): number {
    const near = Math.min(start + NEAR_BYTES, chunk.length);
    let [at, numbers] = [start, before];
    for (; at < near && OF_NUMBERS[chunk[at] ?? SPACE] === 1; at += 1) if (chunk[at] === COMMA) numbers += 1;
    if (at === near) {
      at = endOfNumbers(chunk, near);
      numbers += Math.ceil((at - near) / MIN_NUMBER_BYTES);
    }
    this.numbers = at < chunk.length ? undefined : numbers;
    if (at < chunk.length && chunk[at] !== CLOSE_ARRAY) this.values += numbers;
    return at;
  }

  private open(byte: number, at: number): void {
    this.values += 1;
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw tooDeep();
    if (this.rules.leavesOutLists && this.depth === 2 && byte === OPEN_ARRAY && !this.list)
      this.list = { start: at, end: at, isPlain: true, elements: [] };
  }

  /** A name is for the parser. */
  private settle(byte: number): void {
    const { ended } = this;
    this.ended = undefined;
    if (ended && byte !== COLON) this.add(ended);
  }

  /** Ends elements of the list at its commas, and the list at its bracket. */
  private inList(byte: number, at: number): void {
    const { list } = this;
    if (!list) return;
    const isEnd = this.depth === 2 && (byte === COMMA || byte === CLOSE_ARRAY);
    if (!isEnd) {
      this.element ??= { start: at, end: at, isBroken: false };
      return;
    }
    if (this.element || byte === COMMA || list.elements.length > 0) {
      const { start, isBroken } = this.element ?? { start: at, isBroken: true };
      list.elements.push({ start, end: at, isBroken });
      this.elements += 1;
    }
    if (this.elements > MAX_ELEMENTS) throw tooManyElements();
    if (this.values > this.rules.maxValues) throw tooManyValues(this.rules);
    this.element = undefined;
    this.values = 1;
    if (byte === COMMA) return;
    this.add({ ...list, end: at + 1 });
    this.list = undefined;
  }
}

/** Where a list ends whose rest has numbers alone, or the chunk does; where the rest begins, if it has anything else. */
function endOfNumbers(chunk: Buffer, start: number): number {
  const close = chunk.indexOf(CLOSE_ARRAY, start);
  const end = close === -1 ? chunk.length : close;
  const rest = chunk.subarray(start, end);
  return OF_OTHERS.some((byte) => rest.includes(byte)) ? start : end;
}

function tooManyValues({ maxValues }: BodyRules): GatewayError {
  const most = maxValues.toLocaleString('en-US');
  const message = `The request body has more than ${most} members and elements. Send fewer of them, or in several requests.`;
  return new GatewayError('request_too_large', { message });
}

function tooMuch({ maxParsedBytes, leavesOutTexts }: BodyRules): GatewayError {
  const [most, long] = [maxParsedBytes / 1024 / 1024, LONG_TEXT_BYTES / 1024];
  const besides = leavesOutTexts ? ` besides texts of at least ${long} KB` : '';
  const message = `The request body has more than ${most} MB${besides}. Send it in several requests.`;
  return new GatewayError('request_too_large', { message });
}

function tooManyElements(): GatewayError {
  const most = MAX_ELEMENTS.toLocaleString('en-US');
  const message = `A batch may have at most ${most} lines.`;
  return new GatewayError('request_too_large', { message, param: 'requests' });
}

function tooDeep(): GatewayError {
  const message = `The request is nested deeper than ${MAX_DEPTH} objects and arrays. Send it flatter.`;
  return new GatewayError('invalid_request', { message });
}
