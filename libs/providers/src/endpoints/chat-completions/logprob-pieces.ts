import { isRecord, type JsonRecord } from '../../json-record';

type Field = 'content' | 'refusal';

/** Distributes the logprobs of a choice over the pieces of its text: each piece gets those of the tokens that end in it. */
export class LogprobPieces {
  readonly #logprobs: unknown;
  readonly #given: Record<Field, { tokens: number; tokenBytes: number; textBytes: number }> = {
    content: { tokens: 0, tokenBytes: 0, textBytes: 0 },
    refusal: { tokens: 0, tokenBytes: 0, textBytes: 0 },
  };
  #begun = false;

  /** @param logprobs the member of the completion; undefined where it has none */
  constructor(logprobs: unknown) {
    this.#logprobs = logprobs;
  }

  /** The member of a chunk without logprobs; absent where the completion has none. */
  get none(): JsonRecord {
    return this.#logprobs === undefined ? {} : { logprobs: null };
  }

  /** The member of the chunk with the next piece of the text. */
  with(field: Field, piece: string): JsonRecord {
    const tokens = this.#tokens(field);
    if (tokens === undefined) return this.none;
    const given = this.#given[field];
    given.textBytes += Buffer.byteLength(piece);
    const first = given.tokens;
    while (given.tokens < tokens.length) {
      const end = given.tokenBytes + bytesOf(tokens[given.tokens]);
      if (end > given.textBytes) break;
      given.tokens += 1;
      given.tokenBytes = end;
    }
    return this.#member({ [field]: tokens.slice(first, given.tokens) });
  }

  /** The member of the last chunk, with the logprobs that no piece has carried. */
  rest(): JsonRecord {
    if (!isRecord(this.#logprobs)) return this.none;
    const left: JsonRecord = {};
    for (const field of ['content', 'refusal'] as const) {
      const tokens = this.#tokens(field)?.slice(this.#given[field].tokens);
      if (tokens !== undefined && tokens.length > 0) left[field] = tokens;
    }
    return this.#begun && Object.keys(left).length === 0 ? this.none : this.#member(left);
  }

  /** The first member carries the other members of the logprobs too; readers append the lists of the later ones. */
  #member(lists: JsonRecord): JsonRecord {
    const whole = this.#logprobs as JsonRecord;
    const logprobs: JsonRecord = this.#begun ? {} : { ...whole };
    this.#begun = true;
    for (const field of ['content', 'refusal'] as const) {
      if (!(field in whole)) continue;
      logprobs[field] = lists[field] ?? (Array.isArray(logprobs[field]) ? [] : null);
    }
    return { logprobs };
  }

  #tokens(field: Field): unknown[] | undefined {
    const tokens = isRecord(this.#logprobs) ? this.#logprobs[field] : undefined;
    return Array.isArray(tokens) ? tokens : undefined;
  }
}

/** The UTF-8 length of a token. A token that is a part of a character has `bytes`; its text is then only a representation. */
function bytesOf(token: unknown): number {
  if (!isRecord(token)) return 0;
  if (Array.isArray(token.bytes)) return token.bytes.length;
  return typeof token.token === 'string' ? Buffer.byteLength(token.token) : 0;
}
