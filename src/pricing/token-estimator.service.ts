import { Injectable } from '@nestjs/common';
import type { RequestContent, TokenUsage } from '@thriftgate/providers';

const CHARACTERS_PER_TOKEN = 4;
/** Tokens of each message in addition to its text. @see https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken */
const TOKENS_PER_MESSAGE = 3;
const REPLY_PRIMER_TOKENS = 3;
/** About the tokens of an image of a million pixels; vendors count audio and files differently. */
const TOKENS_PER_ATTACHMENT = 1_500;
/** How many characters of a text are tokenized; the rest is extrapolated. */
const MAX_TOKENIZED = 100_000;
/** A run of non-space or space characters that is longer than in words. A capturing group, so that `split` keeps the runs. */
const LONG_RUN = /(\S{128}|\s{128})/;

type CountTokens = (text: string, options: { disallowedSpecial: Set<string> }) => number;
/** Vendors read names of control tokens in a prompt, such as `<|endoftext|>`, as text. The tokenizer throws for them by default. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Estimates token counts when the upstream sends none. The result must be marked as estimated. */
@Injectable()
export class TokenEstimator {
  private countTokens: CountTokens | undefined;

  /** A rough count by length only, for holds: it takes no time. */
  roughly(characters: number): number {
    return Math.ceil(characters / CHARACTERS_PER_TOKEN);
  }

  /** Counts with OpenAI's newest public encoding. Its tables (50 MB) are loaded at the first use. */
  async usageOf({ texts, attachments, tokens = 0, isPlain }: RequestContent, response: string): Promise<TokenUsage> {
    this.countTokens ??= (await import('gpt-tokenizer/encoding/o200k_base')).countTokens as CountTokens;
    const countTokens = this.countTokens;
    const count = (text: string) => countIn(text, (piece) => countTokens(piece, AS_TEXT));
    return {
      inputTokens: texts.reduce(
        (sum, text) => sum + count(text) + (isPlain ? 0 : TOKENS_PER_MESSAGE),
        tokens + (isPlain ? 0 : REPLY_PRIMER_TOKENS) + attachments.count * TOKENS_PER_ATTACHMENT,
      ),
      cachedInputTokens: 0,
      outputTokens: count(response),
      reasoningTokens: 0,
    };
  }
}

/** Extrapolates a long text from its beginning, and splits long runs, for which the tokenizer's time is quadratic. */
function countIn(text: string, count: (piece: string) => number): number {
  const counted = text.slice(0, MAX_TOKENIZED);
  const tokens = counted.split(LONG_RUN).reduce((sum, piece) => sum + (piece === '' ? 0 : count(piece)), 0);
  return counted === text ? tokens : Math.ceil((tokens * text.length) / counted.length);
}
