import { numbers } from '../random.mjs';

const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_CHARACTERS = 16;
const { encodeTime } = await import('ulid');

/** Ids that sort by time, the same for the same seed. @returns a function of milliseconds since 1970 */
export function ids(seed) {
  const random = numbers(seed);
  return (ms) => {
    let id = encodeTime(ms, 10);
    for (let each = 0; each < ID_CHARACTERS; each += 1) id += CHARACTERS[Math.floor(random() * 32)];
    return id;
  };
}

export const NO_TOKENS = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** An attempt's intent, as the ledger has it. @param asked what the call asks for */
export function intentOf(asked, members) {
  const { requestId, team, key, model, endpoint, stream, question, tags, generation } = asked;
  return {
    request_id: requestId,
    attempt: 1,
    team_id: team.id,
    key_id: key.id,
    model,
    provider: null,
    upstream_model: null,
    endpoint,
    stream,
    cache_status: 'MISS',
    cache_generation: generation,
    question,
    price_id: null,
    charged: null,
    batch_id: null,
    custom_id: null,
    tags,
    ...members,
  };
}

/** How an attempt ended well. @param cost list cost and cost in pico-dollars */
export function answered(upstreamModel, usage, { listPusd, costPusd }, members) {
  return {
    state: 'settled',
    status: 200,
    upstreamModel,
    usage,
    listCostPusd: listPusd,
    costPusd,
    savedBy: listPusd > costPusd ? 'prompt_cache' : null,
    estimated: false,
    errorCode: null,
    uncached: null,
    latencyMs: null,
    ttftMs: null,
    ...members,
  };
}

/** How an attempt failed, for nothing. */
export function failed(upstreamModel, status, errorCode, latencyMs) {
  const nothing = { listPusd: 0n, costPusd: 0n };
  return answered(upstreamModel, NO_TOKENS, nothing, { state: 'failed', status, errorCode, latencyMs });
}
