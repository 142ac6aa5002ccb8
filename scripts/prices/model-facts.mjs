/** LiteLLM's flags, with the names that translators read. */
const FLAGS = {
  supports_sampling_params: 'sampling',
  supports_assistant_prefill: 'prefill',
  supports_forced_tool_use: 'forcedTools',
  supports_mid_conversation_system: 'laterSystem',
  supports_adaptive_thinking: 'adaptiveThinking',
};
/** LiteLLM's vendors with the names of `gateway.yaml` and of pi-ai's files. */
const VENDORS = {
  anthropic: ['anthropic', 'anthropic'],
  deepseek: ['deepseek', 'deepseek'],
  gemini: ['gemini', 'google'],
  groq: ['groq', 'groq'],
  mistral: ['mistral', 'mistral'],
  moonshot: ['moonshot', 'moonshotai'],
  openai: ['openai', 'openai'],
  together_ai: ['together', 'together'],
  xai: ['xai', 'xai'],
  zai: ['zai', 'zai'],
};
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const CHAT = '/v1/chat/completions';
/** These names move to other models. */
const MOVING = /-latest$/;

/**
 * What the models of some vendors take, as far as the sources say it: by vendor and the vendor's name of the model. LiteLLM's flags,
 * and pi-ai's levels of reasoning and kinds of input.
 */
export function modelFacts(litellm, files, catalogue) {
  const levels = levelsOf(files);
  const facts = Object.fromEntries(Object.values(VENDORS).map(([vendor]) => [vendor, {}]));
  for (const [name, { litellm_provider: provider }] of Object.entries(catalogue)) {
    if (!Object.hasOwn(VENDORS, provider) || (provider === 'gemini' && MOVING.test(name))) continue;
    const [vendor, file] = VENDORS[provider];
    const model = name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name;
    const row = litellm[name] ?? {};
    // The flags of the others are not read.
    const flags = levels[vendor] ? { ...flagsOf(row), ...levels[vendor][model] } : {};
    const found = { ...flags, ...lacksOf(row, modelIn(files[file], model)) };
    if (Object.keys(found).length > 0) facts[vendor][model] = found;
  }
  return Object.fromEntries(Object.entries(facts).filter(([, models]) => Object.keys(models).length > 0));
}

/** Kinds of input that the model does not take: where a source says so, and no other one the opposite. */
function lacksOf({ supported_modalities: kinds, supports_vision: sees, supports_audio_input: hears }, { input } = {}) {
  const lacks = [];
  const isListed = (kind) => (Array.isArray(kinds) ? kinds.includes(kind) : undefined);
  if ((sees ?? isListed('image') ?? input?.includes('image')) === false) lacks.push('image');
  // pi-ai does not list sound.
  if ((hears ?? isListed('audio')) === false) lacks.push('audio');
  return lacks.length > 0 ? { lacks } : {};
}

function modelIn(file = {}, id) {
  const models = Object.values(file).flatMap((api) => Object.values(api));
  return models.find((model) => model.type === 'chat' && model.id === id);
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
