/**
 * The models of the demo. `upstream` is the version that the vendor names in its answers, `msAToken` and `firstMs` make the
 * latency of an answer, `promptCache` is the share of long prompts that the vendor reads from its own cache.
 */
export const MODELS = {
  'gpt-4.1': model('openai', 'gpt-4.1-2025-04-14', { firstMs: 620, msAToken: 11, promptCache: 0.4 }),
  'gpt-4.1-mini': model('openai', 'gpt-4.1-mini-2025-04-14', { firstMs: 380, msAToken: 6, promptCache: 0.4 }),
  'text-embedding-3-small': model('openai', 'text-embedding-3-small', { firstMs: 120, msAToken: 0, promptCache: 0 }),
  'claude-sonnet-4-6': model('anthropic', 'claude-sonnet-4-6', { firstMs: 900, msAToken: 14, promptCache: 0.55 }),
  'claude-haiku-4-5': model('anthropic', 'claude-haiku-4-5', { firstMs: 430, msAToken: 7, promptCache: 0.3 }),
  'gemini-3.5-flash': model('gemini', 'gemini-3.5-flash-001', { firstMs: 350, msAToken: 5, promptCache: 0.2 }),
  'deepseek-v3.2': model('deepseek', 'deepseek-v3.2-2025-12-01', { firstMs: 1_100, msAToken: 18, promptCache: 0.5 }),
  'support-chat': model('hanbit', 'hanbit-large-2026-08', {
    firstMs: 540,
    msAToken: 9,
    promptCache: 0,
    asks: 'hanbit-large',
  }),
};

/** Where calls of `support-chat` go while its own provider fails. */
export const FALLBACK = { provider: 'openai', model: 'gpt-4.1-mini' };

/** The dated names that the stand-in of OpenAI's API gives, by the name that is asked for. */
export const SNAPSHOTS = Object.fromEntries(
  Object.entries(MODELS)
    .filter(([, { provider }]) => ['openai', 'deepseek', 'hanbit'].includes(provider))
    .map(([name, { asks, upstream }]) => [asks ?? name, upstream]),
);

/** What the demo's gateway.yaml says. @param {string} openAi base URL of an OpenAI-compatible API */
export function gatewayFile(openAi) {
  return `providers:
  hanbit: { type: openai-compatible, base_url: "${openAi}", api_key: "hanbit-stand-in-0123456789" }
models:
  support-chat:
    deployments:
      - { provider: hanbit, model: hanbit-large, priority: 1 }
      - { provider: openai, model: gpt-4.1-mini, priority: 2 }
prices:
  hanbit-large: { input_usd_per_mtok: "0.60", output_usd_per_mtok: "2.40" }
`;
}

function model(provider, upstream, rest) {
  return { provider, upstream, ...rest };
}
