import { isEqual, isZero, perToken } from './json-text.mjs';

/** Vendors whose models the catalogue has, by LiteLLM's names. */
const VENDORS = new Set([
  'anthropic',
  'cohere',
  'cohere_chat',
  'dashscope',
  'deepseek',
  'gemini',
  'groq',
  'mistral',
  'moonshot',
  'openai',
  'together_ai',
  'voyage',
  'xai',
  'zai',
]);
/** What a served endpoint can answer. */
const MODES = new Set(['chat', 'responses', 'embedding']);
/**
 * Fine-tuned models have names of their own; the others answer with sound, charge by search or session, have an API of their own
 * (Voyage's for contexts and pictures), are no models (Together's sizes), or have a price a thousand times the vendor's.
 */
const LEFT_OUT =
  /^ft:|container|lyria|-tts|audio|realtime|omni|search-(?:preview|api)|deep-research|voyage-(?:context|multimodal)|^together-ai-embedding|^embed-multilingual-light/;
/** Members that the gateway reads. */
const KEPT = [
  /^(?:input|output)_cost_per_token(?:_above_\d+k_tokens)?(?:_batches|_flex|_priority|_ultrafast)?$/,
  /^cache_(?:read|creation)_input_token_cost(?:_above_(?:1|12)hr)?(?:_above_\d+k_tokens)?(?:_batches|_flex|_priority|_ultrafast)?$/,
  /^output_cost_per_reasoning_token$/,
  /^(?:input_cost_per|output_cost_per)_audio_token(?:_batches|_flex|_priority)?$/,
  /^cache_read_input_audio_token_cost(?:_batches|_flex|_priority)?$/,
  /^(?:litellm_provider|mode|max_input_tokens|max_output_tokens|deprecation_date|successor_model|off_peak_pricing)$/,
  /^(?:supported_endpoints|prompt_cache_min_tokens)$/,
  /^supports_(?:reasoning|vision|function_calling|response_schema|prompt_caching)$/,
];

/** The rows of LiteLLM's file that the catalogue takes, and how many models it leaves out. */
export function fromLiteLlm(all) {
  const rows = {};
  let excluded = 0;
  for (const [name, row] of Object.entries(all)) {
    if (!VENDORS.has(row.litellm_provider)) continue;
    const isServed = MODES.has(row.mode) && !LEFT_OUT.test(name) && writesText(row);
    if (isServed) rows[name] = kept(row);
    else excluded += 1;
  }
  return { rows, excluded };
}

function writesText({ supported_output_modalities: output, mode }) {
  return mode === 'embedding' || !Array.isArray(output) || output.includes('text');
}

function kept(row) {
  return Object.fromEntries(Object.entries(row).filter(([name]) => KEPT.some((pattern) => pattern.test(name))));
}

/** pi-ai's files, with the vendor and the prefix of the names in the catalogue. */
const FILES = {
  anthropic: ['anthropic', ''],
  deepseek: ['deepseek', 'deepseek/'],
  google: ['gemini', 'gemini/'],
  mistral: ['mistral', 'mistral/'],
  moonshotai: ['moonshot', 'moonshot/'],
  openai: ['openai', ''],
  xai: ['xai', 'xai/'],
};

/** Rows of models that LiteLLM lacks, and where both differ in the price of input or output. */
export function fromPiAi(files, rows) {
  const added = {};
  const differences = [];
  for (const [file, [vendor, prefix]] of Object.entries(FILES)) {
    const models = Object.values(files[file] ?? {}).flatMap((api) => Object.values(api));
    for (const model of models) {
      if (model.type !== 'chat' || LEFT_OUT.test(model.id)) continue;
      const name = prefix + model.id;
      const row = toRow(model, vendor);
      if (rows[name]) differences.push(...differencesOf(name, rows[name], row));
      else if (!isZero(model.cost.input)) added[name] = row;
    }
  }
  return { added, differences };
}

function toRow({ cost, contextWindow, maxTokens, reasoning, input = [] }, vendor) {
  const row = { litellm_provider: vendor, mode: 'chat', supports_reasoning: reasoning === true };
  if (contextWindow) row.max_input_tokens = contextWindow;
  if (maxTokens) row.max_output_tokens = maxTokens;
  if (input.includes('image')) row.supports_vision = true;
  Object.assign(row, ratesOf(cost, ''));
  for (const tier of cost.tiers ?? [])
    Object.assign(row, ratesOf(tier, `_above_${Number(tier.inputTokensAbove.text) / 1000}k_tokens`));
  return row;
}

/** A cache price of zero is one that is unknown. */
function ratesOf({ input, output, cacheRead, cacheWrite }, suffix) {
  const rates = {
    [`input_cost_per_token${suffix}`]: perToken(input),
    [`output_cost_per_token${suffix}`]: perToken(output),
  };
  if (cacheRead && !isZero(cacheRead)) rates[`cache_read_input_token_cost${suffix}`] = perToken(cacheRead);
  if (cacheWrite && !isZero(cacheWrite)) rates[`cache_creation_input_token_cost${suffix}`] = perToken(cacheWrite);
  return rates;
}

function differencesOf(name, ours, theirs) {
  return ['input_cost_per_token', 'output_cost_per_token'].flatMap((member) =>
    ours[member] && theirs[member] && !isZero(theirs[member]) && !isEqual(ours[member], theirs[member])
      ? [`differs  ${name} ${member}: litellm ${ours[member].text}, pi-ai ${theirs[member].text}`]
      : [],
  );
}
