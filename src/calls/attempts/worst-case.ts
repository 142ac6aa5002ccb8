import {
  type Advisor,
  type AttachedFile,
  type Attachments,
  byteLengthOf,
  type JsonBody,
  LongText,
  type TokenUsage,
} from '@thriftgate/providers';
import type { PicoUsd } from '../../common/money';
import { type Price, worstCostOf } from '../../pricing/price';
import type { PreparedCall } from '../prepared-call';
import { outputCeiling } from './resolved-call';

/** What a call may write where neither it nor its model says: the bound that a budget holds money for. */
const UNBOUNDED_OUTPUT_TOKENS = 16_384;
/** More than vendors count for one picture, however small its bytes or its URL; 48,169 were seen. */
const TOKENS_PER_ATTACHMENT = 50_000;
/** More than any model reads. */
const UNKNOWN_INPUT_TOKENS = 20_000_000;
/** Of a PDF: 3,000 of a page full of text, and its picture. @see https://platform.claude.com/docs/en/build-with-claude/pdf-support */
const TOKENS_PER_PAGE = 5_000;

/**
 * The most tokens that a call can be charged for: a token is at least one byte of the request, and the answer ends at its
 * limit. Budgets hold this much, so that no call costs more than what was held for it.
 *
 * @param requestBody the JSON text that goes upstream
 */
export function worstUsage(prepared: PreparedCall, requestBody: JsonBody): TokenUsage {
  const { call, model } = prepared;
  const { attachments } = call.endpoint.content(call.body);
  const upstream = byteLengthOf(requestBody);
  // A translation may leave attachments out, so they are taken off what the caller sent, which has them.
  const bytes = attachments.count > 0 ? Math.max(upstream, sizeOf(call.body)) : upstream;
  return {
    inputTokens: bytes - attachments.bytes + attachmentTokens(attachments, model.maxInputTokens),
    cachedInputTokens: 0,
    outputTokens: worstOutputTokens(prepared),
    reasoningTokens: 0,
    // Any attachment may be sound.
    ...(attachments.count > 0 && { audioInputTokens: 1 }),
  };
}

/** The most tokens that a call can be charged for what it writes. */
export function worstOutputTokens(prepared: PreparedCall): number {
  return outputCeiling(prepared, prepared.model.maxOutputTokens ?? UNBOUNDED_OUTPUT_TOKENS, Infinity);
}

/**
 * The most that attachments count. A file is the larger of what it has and of any attachment. What files have beyond that is no
 * more than the model reads; what pictures count is, as some vendors multiply it.
 */
function attachmentTokens({ count, files }: Attachments, maxInputTokens = UNKNOWN_INPUT_TOKENS): number {
  const beyond = files.reduce((sum, file) => sum + Math.max(0, fileTokens(file) - TOKENS_PER_ATTACHMENT), 0);
  const mostBeyond = Math.max(0, maxInputTokens - TOKENS_PER_ATTACHMENT);
  return count * TOKENS_PER_ATTACHMENT + Math.min(beyond, mostBeyond);
}

function fileTokens({ bytes, pages }: AttachedFile): number {
  return pages ? pages() * TOKENS_PER_PAGE : bytes;
}

/** The bytes of the texts and names in a value, and one for each value: what a model may read of it, without writing it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 1;
  if (value instanceof LongText) return value.length;
  if (typeof value !== 'object' || value === null) return String(value).length + 1;
  let size = 1;
  for (const [name, item] of Object.entries(value))
    size += (Array.isArray(value) ? 0 : Buffer.byteLength(name)) + sizeOf(item);
  return size;
}

/** What an advisor may write in a pass where neither the tool nor the catalogue says. */
const UNBOUNDED_ADVICE_TOKENS = 128_000;

/** What bounds the passes of advisors. */
export interface AdvisorBounds {
  advisors: readonly Advisor[];
  /** The price of a model of the same vendor, by its name there. */
  priceOf: (model: string) => Price;
  /** The most tokens that it writes; undefined where that is unknown. */
  maxOutputOf: (model: string) => number | undefined;
}

/**
 * The highest possible cost of a call. After each pass of an advisor the model reads the conversation again, with what was
 * written until then; the advisor reads it too.
 */
export function worstCallCost(
  usage: TokenUsage,
  price: Price,
  { advisors, priceOf, maxOutputOf }: AdvisorBounds,
): PicoUsd {
  const { inputTokens, outputTokens } = usage;
  const maySound = usage.audioInputTokens !== undefined;
  const adviceOf = ({ model, maxOutputTokens }: Advisor): number =>
    maxOutputTokens ?? maxOutputOf(model) ?? UNBOUNDED_ADVICE_TOKENS;
  const uses = advisors.reduce((sum, { maxUses }) => sum + maxUses, 0);
  const advice = advisors.reduce((sum, each) => sum + each.maxUses * adviceOf(each), 0);
  const read = inputTokens + uses * outputTokens + advice;
  const own = BigInt(uses + 1) * worstCostOf(read, outputTokens, price, maySound);
  return advisors.reduce(
    (sum, each) => sum + BigInt(each.maxUses) * worstCostOf(read, adviceOf(each), priceOf(each.model), maySound),
    own,
  );
}
