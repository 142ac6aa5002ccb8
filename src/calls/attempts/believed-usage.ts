import type { Advisor, AnswerFacts, TokenUsage } from '@thriftgate/providers';
import type { PreparedCall } from '../prepared-call';

type OtherUsage = NonNullable<TokenUsage['otherModels']>[number];

/** More than any model reads, also from caches and searches of the vendor. */
const MAX_INPUT_TOKENS = 20_000_000;
/** More than any model writes where the call names no limit. */
const MAX_OUTPUT_TOKENS = 2_000_000;
/** Vendors count some tokens of control beyond a call's limit. */
const BEYOND_LIMIT_TOKENS = 256;
/** A response that is so short may be counted as nothing. */
const SHORT_TEXT = 64;

/**
 * The usage that an upstream sends, if the call can have used it: not more than a model reads, not more than the call's own
 * limit allows it to write, not nothing for a response with text, and of other models only of the advisors that the call asks
 * for. Other usage is estimated, and its row says so.
 *
 * @param written the length of the text in the response, in UTF-16 units
 */
export function believedUsage(
  { usage, hasToolCalls }: Pick<AnswerFacts, 'usage' | 'hasToolCalls'>,
  { call: { request } }: PreparedCall,
  written: () => number,
): TokenUsage | undefined {
  if (!usage || usage.inputTokens > MAX_INPUT_TOKENS) return undefined;
  const limit =
    request.maxOutputTokens === undefined ? MAX_OUTPUT_TOKENS : request.maxOutputTokens + BEYOND_LIMIT_TOKENS;
  if (usage.outputTokens > limit * request.choices) return undefined;
  if (usage.outputTokens === 0 && (hasToolCalls || written() > SHORT_TEXT)) return undefined;
  const { advisors = [] } = request;
  if (usage.otherModels?.some((other) => !advisors.some((advisor) => isOf(other, advisor)))) return undefined;
  return usage;
}

/** The usage that an upstream sends beside an error or before an early end, where it counts anything: it is charged. */
export function chargedUsage(usage: TokenUsage | undefined): TokenUsage | undefined {
  return usage && usage.inputTokens + usage.outputTokens > 0 ? usage : undefined;
}

/** Whether an advisor can have used so much. Vendors may name the version of its model. */
function isOf(
  { model, usage }: OtherUsage,
  { model: asked, maxUses, maxOutputTokens = MAX_OUTPUT_TOKENS }: Advisor,
): boolean {
  if (model !== asked && !model.startsWith(`${asked}-`)) return false;
  const most = maxOutputTokens + BEYOND_LIMIT_TOKENS;
  return usage.inputTokens <= MAX_INPUT_TOKENS && usage.outputTokens <= most * maxUses;
}
