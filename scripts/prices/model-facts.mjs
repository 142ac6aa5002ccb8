/** LiteLLM's flags, with the names that translators read. */
const FLAGS = {
  supports_sampling_params: 'sampling',
  supports_assistant_prefill: 'prefill',
  supports_forced_tool_use: 'forcedTools',
  supports_mid_conversation_system: 'laterSystem',
  supports_adaptive_thinking: 'adaptiveThinking',
};
const VENDORS = new Set(['anthropic', 'gemini', 'openai']);
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const CHAT = '/v1/chat/completions';
/** These names move to other models. */
const MOVING = /-latest$/;

/**
 * What the models of some vendors take, as far as the sources say it: by vendor and the vendor's name of the model. LiteLLM's flags,
 * and pi-ai's levels of reasoning.
 */
export function modelFacts(litellm, files, catalogue) {
  const levels = levelsOf(files);
  const facts = { anthropic: {}, gemini: {}, openai: {} };
  for (const [name, { litellm_provider: vendor }] of Object.entries(catalogue)) {
    if (!VENDORS.has(vendor) || (vendor === 'gemini' && MOVING.test(name))) continue;
    const model = name.replace(/^gemini\//, '');
    const found = { ...flagsOf(litellm[name] ?? {}), ...levels[vendor][model] };
    if (Object.keys(found).length > 0) facts[vendor][model] = found;
  }
  return facts;
}

function flagsOf(row) {
  const flags = Object.entries(FLAGS).filter(([name]) => typeof row[name] === 'boolean');
  const facts = Object.fromEntries(flags.map(([name, ours]) => [ours, row[name]]));
  const endpoints = row.litellm_provider === 'openai' ? row.supported_endpoints : undefined;
  if (Array.isArray(endpoints) && !endpoints.includes(CHAT)) facts.responsesOnly = true;
  if (row.supports_output_config !== true) return facts;
  const more = ['xhigh', 'max'].filter((effort) => row[`supports_${effort}_reasoning_effort`] === true);
  return { ...facts, efforts: ['low', 'medium', 'high', ...more] };
}

/** pi-ai's whole maps of levels; those of Anthropic's models leave out what all have, and LiteLLM has these. */
function levelsOf({ google, openai }) {
  return { anthropic: {}, gemini: fromFile(google), openai: fromFile(openai) };
}

function fromFile(file = {}) {
  const models = Object.values(file).flatMap((api) => Object.values(api));
  const known = models.filter(({ type, thinkingLevelMap: map }) => type === 'chat' && map && 'high' in map);
  return Object.fromEntries(known.map(({ id, thinkingLevelMap: map }) => [id, { efforts: effortsIn(map) }]));
}

function effortsIn(map) {
  return EFFORTS.filter((effort) => typeof map[effort === 'none' ? 'off' : effort] === 'string');
}
