import { isRecord, nameOf } from '../json-record';
import type { ModelUsage, TokenUsage } from '../translator';

type Counted = Omit<TokenUsage, 'otherModels' | 'serviceTier'>;
type Counts = { [Count in keyof Counted]: unknown } & { total: unknown };

/**
 * Reads the token counts of a vendor's usage object. Returns undefined where counts are missing or impossible; the call's
 * usage is then estimated and marked as estimated. The members identify the vendor, because compatible APIs do not always send
 * OpenAI's members.
 */
export function readUsage(usage: unknown): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  if ('promptTokenCount' in usage) return checked(gemini(usage));
  if ('prompt_tokens' in usage) return checked(openAiChat(usage));
  if ('cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage)
    return withOtherModels(checked(anthropic(usage)), usage);
  return checked(openAiResponses(usage));
}

/**
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage cached tokens are a part of the prompt
 * @see https://api-docs.deepseek.com/guides/kv_cache `prompt_cache_hit_tokens`
 * @see https://platform.moonshot.ai/docs/api/chat `cached_tokens` beside the counts
 * @see https://openrouter.ai/docs/prompt-caching `cache_write_tokens`, which OpenAI sends from GPT-5.6 on
 * @see https://help.aliyun.com/zh/model-studio/context-cache `cache_creation_input_tokens` in the details
 */
function openAiChat(usage: Record<string, unknown>): Counts {
  const prompt = promptDetails(usage);
  const completion = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  return {
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: cachedOf(usage, prompt) ?? 0,
    cacheWriteTokens:
      prompt.cache_write_tokens ??
      prompt.cache_creation_tokens ??
      prompt.cache_creation_input_tokens ??
      usage.cache_creation_input_tokens ??
      0,
    outputTokens: withReasoningApart(usage),
    reasoningTokens: completion.reasoning_tokens ?? usage.reasoning_tokens ?? unnamedReasoning(usage),
    audioInputTokens: prompt.audio_tokens,
    cachedAudioTokens: isRecord(prompt.cached_tokens_details) ? prompt.cached_tokens_details.audio_tokens : undefined,
    audioOutputTokens: completion.audio_tokens,
    total: usage.total_tokens,
  };
}

/** Some servers write the member in the singular, or as the Responses API has it. */
function promptDetails(usage: Record<string, unknown>): Record<string, unknown> {
  const named = [usage.prompt_tokens_details, usage.prompt_token_details, usage.input_tokens_details];
  return named.find(isRecord) ?? {};
}

/** Perplexity's reasoning stands beside the counts; where it is more than the output, it cannot be a part of it. */
function withReasoningApart({
  completion_tokens: output,
  reasoning_tokens: reasoning,
}: Record<string, unknown>): unknown {
  return isCount(output) && isCount(reasoning) && reasoning > output ? output + reasoning : output;
}

/** Gateways in front of Anthropic name its counts beside the whole prompt. @see https://docs.litellm.ai/docs/completion/prompt_caching */
function cachedOf(usage: Record<string, unknown>, { cached_tokens: cached }: Record<string, unknown>): unknown {
  const beside = usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? usage.num_cached_tokens;
  return cached ?? beside ?? usage.cache_read_input_tokens;
}

/**
 * Gemini's OpenAI endpoint includes thoughts in the total only, and neither names them nor counts them in the completion.
 * With cache counts, the rest of the total may be input, so reasoning is then 0.
 */
function unnamedReasoning(usage: Record<string, unknown>): number {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
  const cached = cachedOf(usage, promptDetails(usage)) ?? usage.cache_creation_input_tokens;
  if (cached || !isCount(prompt) || !isCount(completion) || !isCount(total)) return 0;
  return Math.max(0, total - prompt - completion);
}

/** @see https://platform.openai.com/docs/api-reference/responses/object */
function openAiResponses(usage: Record<string, unknown>): Counts {
  const input = isRecord(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const output = isRecord(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    inputTokens: usage.input_tokens,
    cachedInputTokens: input.cached_tokens ?? 0,
    cacheWriteTokens: input.cache_write_tokens ?? 0,
    longCacheWriteTokens: isRecord(input.cache_write_tokens_details)
      ? input.cache_write_tokens_details.ttl_12h_tokens
      : undefined,
    outputTokens: usage.output_tokens,
    reasoningTokens: output.reasoning_tokens ?? 0,
    audioInputTokens: input.audio_tokens,
    audioOutputTokens: output.audio_tokens,
    total: usage.total_tokens,
  };
}

/**
 * Anthropic's `input_tokens` exclude tokens read from and written to the prompt cache.
 * @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance
 */
function anthropic(usage: Record<string, unknown>): Counts {
  const counts = billedIterations(usage).map(anthropicCounts);
  const output = isRecord(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    inputTokens: sumOf(counts.map(({ inputTokens }) => inputTokens)),
    cachedInputTokens: sumOf(counts.map(({ cachedInputTokens }) => cachedInputTokens)),
    cacheWriteTokens: sumOf(counts.map(({ cacheWriteTokens }) => cacheWriteTokens)),
    longCacheWriteTokens: sumOf(counts.map(({ longCacheWriteTokens }) => longCacheWriteTokens)),
    outputTokens: sumOf(counts.map(({ outputTokens }) => outputTokens)),
    reasoningTokens: output.thinking_tokens ?? 0,
    total: undefined,
  };
}

/** Passes over the prompt that the model's own price covers. */
const OWN_ITERATIONS: ReadonlySet<unknown> = new Set(['message', 'compaction']);

/**
 * The counts at the top leave out passes that compact the context, so the passes are added. Where another model took over,
 * the top has all that is charged.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
 */
function billedIterations(usage: Record<string, unknown>): Record<string, unknown>[] {
  const iterations = Array.isArray(usage.iterations) ? usage.iterations.filter(isRecord) : [];
  const own = iterations.filter(({ type }) => OWN_ITERATIONS.has(type));
  const hasFallback = iterations.some(({ type }) => type === 'fallback_message');
  return own.length === 0 || hasFallback ? [usage] : own;
}

function anthropicCounts(usage: Record<string, unknown>): Omit<Counts, 'reasoningTokens' | 'total'> {
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written, cache_creation: byTtl } = usage;
  const [cached, writes] = [read ?? 0, written ?? 0];
  return {
    inputTokens: sumOf([usage.input_tokens, cached, writes]),
    cachedInputTokens: cached,
    cacheWriteTokens: writes,
    longCacheWriteTokens: (isRecord(byTtl) ? byTtl.ephemeral_1h_input_tokens : undefined) ?? 0,
    outputTokens: usage.output_tokens,
  };
}

/**
 * The counts with those of an advisor, which the counts at the top leave out. Undefined where one of them is impossible.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool
 */
function withOtherModels(
  usage: TokenUsage | undefined,
  { iterations }: Record<string, unknown>,
): TokenUsage | undefined {
  const passes = Array.isArray(iterations) ? iterations.filter(isRecord) : [];
  const others = passes.filter(({ type }) => type === 'advisor_message');
  if (usage === undefined || others.length === 0) return usage;
  const otherModels = others.flatMap((pass): ModelUsage[] => {
    const counted = checked(anthropic({ ...pass, iterations: undefined }));
    return counted === undefined ? [] : [{ model: nameOf(pass.model) ?? '', usage: counted }];
  });
  return otherModels.length === others.length ? { ...usage, otherModels } : undefined;
}

/** Undefined where one of them is no count. */
function sumOf(counts: readonly unknown[]): number | undefined {
  return counts.every(isCount) ? counts.reduce((sum, count) => sum + count, 0) : undefined;
}

/**
 * Gemini's prompt count includes cached tokens; its candidates' count excludes thoughts.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
function gemini(usage: Record<string, unknown>): Counts {
  const { promptTokenCount: prompt, toolUsePromptTokenCount: tools = 0 } = usage;
  const { candidatesTokenCount: candidates = 0, thoughtsTokenCount: thoughts = 0 } = usage;
  return {
    inputTokens: isCount(prompt) && isCount(tools) ? prompt + tools : undefined,
    cachedInputTokens: usage.cachedContentTokenCount ?? 0,
    cacheWriteTokens: 0,
    outputTokens: isCount(candidates) && isCount(thoughts) ? candidates + thoughts : undefined,
    reasoningTokens: thoughts,
    audioInputTokens: sumOf([spoken(usage.promptTokensDetails), spoken(usage.toolUsePromptTokensDetails)]),
    cachedAudioTokens: spoken(usage.cacheTokensDetails),
    audioOutputTokens: spoken(usage.candidatesTokensDetails),
    total: undefined,
  };
}

/** The count of sound among counts by modality. @see https://ai.google.dev/api/generate-content#ModalityTokenCount */
function spoken(details: unknown): unknown {
  const counts = Array.isArray(details) ? details.filter(isRecord) : [];
  return counts.find(({ modality }) => modality === 'AUDIO')?.tokenCount ?? 0;
}

function checked(counts: Counts): TokenUsage | undefined {
  const { inputTokens, cachedInputTokens, cacheWriteTokens = 0, outputTokens, reasoningTokens, total } = counts;
  if (!isCount(inputTokens) || !isCount(cachedInputTokens) || !isCount(cacheWriteTokens)) return undefined;
  if (!isCount(outputTokens) || !isCount(reasoningTokens)) return undefined;
  if (cachedInputTokens + cacheWriteTokens > inputTokens) return undefined;
  // Some compatible APIs (xAI) exclude reasoning from the output; only the total shows it.
  const apart = reasoningTokens > 0 && total === inputTokens + outputTokens + reasoningTokens;
  const output = apart ? outputTokens + reasoningTokens : outputTokens;
  const usage = {
    inputTokens,
    cachedInputTokens,
    outputTokens: output,
    reasoningTokens: Math.min(reasoningTokens, output),
  };
  const { audioInputTokens: heard, cachedAudioTokens: cachedAudio, audioOutputTokens: said } = counts;
  const hasAudio = Boolean(heard) || Boolean(said);
  const whole = hasAudio ? { ...usage, ...audioOf(usage, heard, cachedAudio, said) } : usage;
  if (cacheWriteTokens === 0) return whole;
  const long = counts.longCacheWriteTokens ?? 0;
  const isLong = isCount(long) && long > 0 && long <= cacheWriteTokens;
  return { ...whole, cacheWriteTokens, ...(isLong && { longCacheWriteTokens: long }) };
}

/** Counts of sound that are parts of the others; impossible ones are left out. */
function audioOf(
  { inputTokens, cachedInputTokens, outputTokens }: TokenUsage,
  heard: unknown,
  cached: unknown,
  said: unknown,
): Partial<TokenUsage> {
  const input = isCount(heard) && heard <= inputTokens ? heard : 0;
  const isCached = isCount(cached) && cached > 0 && cached <= Math.min(input, cachedInputTokens);
  const output = isCount(said) && said <= outputTokens ? said : 0;
  return {
    ...(input > 0 && { audioInputTokens: input }),
    ...(isCached && { cachedAudioTokens: cached }),
    ...(output > 0 && { audioOutputTokens: output }),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
