/**
 * A request with all members of OpenAI's chat completions, and many that other vendors add.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const FULL_REQUEST = {
  model: 'gpt-4.1',
  messages: [
    { role: 'developer', content: 'Be short.', name: 'rules' },
    { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
    {
      role: 'user',
      name: 'kim',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'https://pictures.example/1.png', detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
        { type: 'file', file: { file_id: 'file-1', filename: 'a.pdf', file_data: 'JVBERi0=' } },
        { type: 'text', text: 'Cached prefix', cache_control: { type: 'ephemeral' } },
      ],
    },
    {
      role: 'assistant',
      content: 'A cat.',
      refusal: null,
      audio: { id: 'audio_1' },
      reasoning_content: 'It has ears.',
      function_call: { name: 'old', arguments: '{}' },
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"q":"cat"}' } },
        { id: 'call_2', type: 'custom', custom: { name: 'shell', input: 'ls' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'Found.' },
  ],
  audio: { voice: 'alloy', format: 'mp3' },
  frequency_penalty: 0.1,
  presence_penalty: 0.2,
  logit_bias: { '50256': -100, '42': 3 },
  logprobs: true,
  top_logprobs: 2,
  max_completion_tokens: 100,
  max_tokens: 100,
  modalities: ['text'],
  n: 1,
  parallel_tool_calls: true,
  prediction: { type: 'content', content: 'A cat.' },
  reasoning_effort: 'low',
  verbosity: 'low',
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'animal',
      description: 'An animal',
      strict: true,
      schema: {
        type: 'object',
        properties: { name: { type: 'string', enum: ['cat', 'dog'] }, user: { type: ['string', 'null'] } },
        required: ['name', 'user'],
        additionalProperties: false,
      },
    },
  },
  seed: 7,
  stop: ['\n\n', 'END'],
  temperature: 0.7,
  top_p: 0.9,
  tool_choice: { type: 'function', function: { name: 'look_up' } },
  tools: [
    {
      type: 'function',
      function: {
        name: 'look_up',
        description: 'Looks up',
        strict: false,
        parameters: { type: 'object', properties: { q: { type: 'string', description: 'Words' } }, required: ['q'] },
      },
    },
    {
      type: 'custom',
      custom: { name: 'shell', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'a' } } },
    },
  ],
  web_search_options: {
    search_context_size: 'low',
    user_location: {
      type: 'approximate',
      approximate: { country: 'KR', city: 'Seoul', region: 'S', timezone: 'Asia/Seoul' },
    },
  },
  function_call: 'auto',
  functions: [{ name: 'old', description: 'Old', parameters: { type: 'object' } }],
  moderation: { model: 'omni-moderation-latest' },
  // DeepSeek, Anthropic, Qwen, Mistral, OpenRouter, vLLM, Groq, xAI, Gemini and others.
  thinking: { type: 'enabled', budget_tokens: 1024 },
  top_k: 40,
  min_p: 0.05,
  top_a: 0.1,
  repetition_penalty: 1.1,
  enable_thinking: true,
  thinking_budget: 50,
  chat_template_kwargs: { enable_thinking: false },
  extra_body: { google: { thinking_config: { thinking_budget: 1 } } },
  provider: { order: ['a', 'b'], allow_fallbacks: false },
  models: ['a', 'b'],
  transforms: ['middle-out'],
  route: 'fallback',
  plugins: [{ id: 'web', max_results: 3 }],
  reasoning: { effort: 'low', exclude: false },
  reasoning_format: 'parsed',
  include_reasoning: true,
  guided_json: { type: 'object' },
  guided_choice: ['a', 'b'],
  guided_regex: 'a+',
  guided_grammar: 'root ::= "a"',
  structural_tag: { structures: [] },
  ignore_eos: false,
  min_tokens: 1,
  best_of: 1,
  length_penalty: 1.2,
  stop_token_ids: [1, 2],
  skip_special_tokens: true,
  add_generation_prompt: true,
  safe_prompt: true,
  random_seed: 3,
  prompt_mode: 'reasoning',
  search_parameters: { mode: 'auto', return_citations: true },
  enable_search: false,
  safety_settings: [{ category: 'a', threshold: 'b' }],
  mirostat: 1,
  num_ctx: 4096,
  response_mime_type: 'application/json',
  prompt_cache_options: { mode: 'auto' },
  x_of_no_vendor: { deep: [{ deeper: 'yes' }] },
};

/** The path of a member, and its value. */
export interface Member {
  path: string;
  value: unknown;
}

/** Every member of every object in the request, and every entry of every array. */
export function everyMember(value: unknown = FULL_REQUEST, path = ''): Member[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return [{ path: here, value: item }, ...everyMember(item, here)];
  });
}

/** The request with another value at a path, or without the path. */
export function withMember(path: string, value: unknown): typeof FULL_REQUEST {
  const copy = structuredClone(FULL_REQUEST);
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = copy as unknown;
  for (const name of names) place = (place as Record<string, unknown>)[name];
  if (value !== undefined) (place as Record<string, unknown>)[last] = value;
  else if (Array.isArray(place)) place.splice(Number(last), 1);
  else delete (place as Record<string, unknown>)[last];
  return copy;
}

/** Values that differ from the given one but resemble it, so that a careless cache key would not distinguish them. */
export function otherValues(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value, Number(value), String(value)];
  if (typeof value === 'number') return [value + 1, value + 1e-9, String(value)];
  if (typeof value === 'string')
    return [`${value} `, value.toUpperCase() === value ? `${value}x` : value.toUpperCase()];
  if (value === null) return [false, '', 'null'];
  if (Array.isArray(value)) return [[...value, 'more'], [], [value]];
  return [{ ...value, added: null }, {}, JSON.stringify(value)];
}
