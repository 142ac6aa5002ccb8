import { Injectable } from '@nestjs/common';
import type { RequestContent, TokenUsage } from '@thriftgate/providers';

const CHARACTERS_PER_TOKEN = 4;
/** What each message costs beside its text. @see https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken */
const TOKENS_PER_MESSAGE = 3;
const REPLY_PRIMER_TOKENS = 3;
/** About what a picture of a million pixels costs; vendors count sounds and files otherwise. */
const TOKENS_PER_ATTACHMENT = 1_500;
/** Characters of one text that are counted. */
const MOST_COUNTED = 100_000;
/** More characters without a space, or more spaces, than words have; in brackets, so that the pieces stay. */
const LONG_RUN = /(\S{128}|\s{128})/;

type CountTokens = (text: string, options: { disallowedSpecial: Set<string> }) => number;
/** Names of control tokens in a prompt, as `<|endoftext|>`, are text to the vendor; by default the tokenizer throws at them. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Token counts where the upstream sent none. They are estimates and must be marked so. */
@Injectable()
export class TokenEstimator {
  private countTokens: CountTokens | undefined;

  /** A rough count by length alone, for holds: it costs nothing. */
  roughly(characters: number): number {
    return Math.ceil(characters / CHARACTERS_PER_TOKEN);
  }

  /** Counts with OpenAI's newest public encoding. The tables (50 MB) are loaded the first time they are needed. */
  async usageOf({ texts, attachments }: RequestContent, answer: string): Promise<TokenUsage> {
    this.countTokens ??= (await import('gpt-tokenizer/encoding/o200k_base')).countTokens as CountTokens;
    const countTokens = this.countTokens;
    const count = (text: string) => countIn(text, (piece) => countTokens(piece, AS_TEXT));
    return {
      inputTokens: texts.reduce(
        (sum, text) => sum + count(text) + TOKENS_PER_MESSAGE,
        REPLY_PRIMER_TOKENS + attachments.count * TOKENS_PER_ATTACHMENT,
      ),
      cachedInputTokens: 0,
      outputTokens: count(answer),
      reasoningTokens: 0,
    };
  }
}

/** Counts the beginning of a long text for the whole, and long runs in pieces: the tokenizer takes their square in time. */
function countIn(text: string, count: (piece: string) => number): number {
  const counted = text.slice(0, MOST_COUNTED);
  const tokens = counted.split(LONG_RUN).reduce((sum, piece) => sum + (piece === '' ? 0 : count(piece)), 0);
  return counted === text ? tokens : Math.ceil((tokens * text.length) / counted.length);
}
