import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { RequestContent, TokenUsage } from '@thriftgate/providers';

const CHARACTERS_PER_TOKEN = 4;
/** Tokens of each message in addition to its text. @see https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken */
const TOKENS_PER_MESSAGE = 3;
const REPLY_PRIMER_TOKENS = 3;
/** About the tokens of an image of a million pixels; vendors count audio and files differently. */
const TOKENS_PER_ATTACHMENT = 1_500;
/** How many characters of a text, and of all texts of a call, are tokenized; the rest is extrapolated. */
const MAX_TOKENIZED = 100_000;
const MAX_TOKENIZED_OF_CALL = 500_000;
/** After so many characters, some milliseconds' work, other calls have their turn. */
const TURN_CHARACTERS = 10_000;
/** What a text counts for beside its characters: many short ones take time too. */
const CHARACTERS_OF_TEXT = 20;
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
    const counter = new TokenCounter((piece) => countTokens(piece, AS_TEXT));
    const outputTokens = await counter.count(response);
    const perMessage = isPlain ? 0 : TOKENS_PER_MESSAGE;
    let inputTokens = tokens + (isPlain ? 0 : REPLY_PRIMER_TOKENS) + attachments.count * TOKENS_PER_ATTACHMENT;
    for (const text of texts) inputTokens += (await counter.count(text)) + perMessage;
    return { inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 };
  }
}

/** Counts the texts of one call. Extrapolates long ones from their beginnings, and all of them once it has counted enough. */
class TokenCounter {
  private characters = 0;
  private tokens = 0;
  private untilTurn = TURN_CHARACTERS;

  constructor(private readonly countPiece: (piece: string) => number) {}

  async count(text: string): Promise<number> {
    const most = Math.min(MAX_TOKENIZED, MAX_TOKENIZED_OF_CALL - this.characters);
    if (most <= 0) return Math.ceil((this.tokens * text.length) / this.characters);
    const counted = text.slice(0, most);
    let tokens = 0;
    // Splits long runs, for which the tokenizer's time is quadratic.
    for (const piece of counted.split(LONG_RUN)) {
      for (let at = 0; at < piece.length; at += TURN_CHARACTERS) {
        const part = piece.slice(at, at + TURN_CHARACTERS);
        tokens += this.countPiece(part);
        await this.turnAfter(part.length);
      }
    }
    await this.turnAfter(CHARACTERS_OF_TEXT);
    this.characters += counted.length + CHARACTERS_OF_TEXT;
    this.tokens += tokens;
    return counted === text ? tokens : Math.ceil((tokens * text.length) / counted.length);
  }

  private async turnAfter(characters: number): Promise<void> {
    this.untilTurn -= characters;
    if (this.untilTurn > 0) return;
    this.untilTurn = TURN_CHARACTERS;
    await nextTurn();
  }
}
