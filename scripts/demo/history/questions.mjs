import { around, numbers, seedOf, weighted } from '../random.mjs';
import { MODELS } from '../models.mjs';

const LEAST_CACHED_PROMPT = 1_024;

/** What a call asks: the same question has the same tokens each time, and the same number in the ledger. */
export function drawQuestion(team, model, random, serial) {
  const isFresh = random() < team.fresh;
  const rank = Math.floor(team.questions * random() ** team.skew);
  const text = `${team.name} ${model} ${isFresh ? `fresh ${serial}` : rank}`;
  return { text, rank: isFresh ? undefined : rank, number: numberOf(text), ...tokensOf(team, model, text) };
}

/** Tokens of a question and its answer. */
export function tokensOf(team, model, text) {
  const random = numbers(seedOf(text));
  const isEmbedding = model.startsWith('text-embedding');
  return {
    inputTokens: Math.max(12, Math.round(around(isEmbedding ? 220 : team.input, 0.55, random))),
    outputTokens: isEmbedding ? 0 : Math.max(5, Math.round(around(team.output, 0.5, random))),
    tags: weighted(team.tags, random).split(','),
  };
}

/** The tokens of an answer that a vendor gives now; a part of a long prompt may come from the vendor's own cache. */
export function usageOf({ inputTokens, outputTokens }, model, random) {
  const isCached = inputTokens >= LEAST_CACHED_PROMPT && random() < MODELS[model].promptCache;
  const cachedInputTokens = isCached ? Math.floor((inputTokens * (0.5 + 0.4 * random())) / 128) * 128 : 0;
  return { inputTokens, cachedInputTokens, outputTokens, reasoningTokens: 0 };
}

/** How long an answer takes, in milliseconds. */
export function timesOf(model, { outputTokens }, stream, random) {
  const { firstMs, msAToken } = MODELS[model];
  const ttftMs = Math.round(around(firstMs, 0.35, random));
  const latencyMs = ttftMs + Math.round(around(msAToken, 0.2, random) * outputTokens);
  return { latencyMs, ttftMs: stream ? ttftMs : null };
}

/** 63 bits that stand for a question, as decimal text. */
export function numberOf(text) {
  const high = BigInt(seedOf(text) >>> 1);
  const low = BigInt(seedOf(`${text}*`) >>> 0);
  return String((high << 32n) | low);
}
