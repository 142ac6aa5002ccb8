/** Vendors with OpenAI's API: what each gets of a request, and how its streams read. */

export const USAGE = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
const HEAD = { id: 'c', created: 1, model: 'theirs' };
export const TOOL = { type: 'function', function: { name: 'weather', strict: true, parameters: { type: 'object' } } };
const SCHEMA = { type: 'json_schema', json_schema: { name: 's', strict: true, schema: { type: 'object' } } };
export const CALLED = { id: 'call_from_elsewhere', type: 'function', function: { name: 'weather', arguments: '{}' } };
export const chunk = (delta: object, finish: string | null = null, members: object = {}, choice: object = {}) => ({
  ...HEAD,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish, ...choice }],
  ...members,
});
export const answer = (message: object, finish = 'stop', members: object = {}) =>
  JSON.stringify({
    ...HEAD,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: USAGE,
    ...members,
  });
export const TEXT = answer({ content: '네' });

interface Row {
  vendor: string;
  model?: string;
  /** What the caller sends besides its message. */
  asks: Record<string, unknown>;
  /** What the vendor gets. */
  gets: Record<string, unknown>;
  lacks?: string[];
  head?: RegExp;
  dropped?: string;
}

export const REQUESTS: Row[] = [
  {
    vendor: 'deepseek',
    asks: { max_completion_tokens: 9, store: true, reasoning_effort: 'none', response_format: SCHEMA },
    gets: { max_tokens: 9, thinking: { type: 'disabled' }, response_format: { type: 'json_object' } },
    lacks: ['max_completion_tokens', 'store', 'reasoning_effort'],
    dropped: 'response_format.json_schema, store',
  },
  {
    vendor: 'mistral',
    asks: { seed: 7, tools: [TOOL], tool_choice: 'required', user: 'u', logit_bias: { 1: 2 } },
    gets: { random_seed: 7, tool_choice: 'any', tools: [TOOL] },
    lacks: ['seed', 'user', 'logit_bias', 'stream_options'],
    dropped: 'user, logit_bias',
  },
  {
    vendor: 'xai',
    model: 'grok-4.7',
    asks: { max_tokens: 9, prompt_cache_key: 'talk-7', reasoning_effort: 'minimal' },
    gets: { max_completion_tokens: 9, reasoning_effort: 'low' },
    lacks: ['max_tokens', 'prompt_cache_key'],
    head: /^x-grok-conv-id: talk-7\r?$/im,
    dropped: 'reasoning_effort',
  },
  {
    vendor: 'groq',
    model: 'openai/gpt-oss-20b',
    asks: { n: 1, logit_bias: { 1: 2 }, tools: [TOOL], metadata: { a: 'b' } },
    gets: { tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }] },
    lacks: ['logit_bias', 'metadata'],
    dropped: 'tools.function.strict, logit_bias',
  },
  {
    vendor: 'together',
    asks: { response_format: SCHEMA },
    gets: { response_format: { type: 'json_schema', schema: { type: 'object' } } },
  },
  {
    vendor: 'openrouter',
    asks: { reasoning_effort: 'high', provider: { sort: 'price' } },
    gets: { reasoning: { effort: 'high' }, provider: { sort: 'price' } },
    lacks: ['reasoning_effort'],
  },
  {
    vendor: 'moonshot',
    model: 'kimi-k3',
    asks: { temperature: 0.2, reasoning_effort: 'low' },
    gets: { reasoning_effort: 'low' },
    lacks: ['temperature'],
    dropped: 'temperature',
  },
  {
    vendor: 'dashscope',
    asks: { reasoning_effort: 'low', enable_search: true },
    gets: { enable_thinking: true, thinking_budget: 1024, enable_search: true },
  },
  {
    vendor: 'azure',
    model: 'my-deployment',
    asks: { max_tokens: 9 },
    gets: { max_tokens: 9, model: 'my-deployment' },
    head: /^POST \/azure\/openai\/deployments\/my-deployment\/chat\/completions\?api-version=2025-04-01 [^]*^api-key: sk-azure-1234567890\r?$/im,
  },
  { vendor: 'upstage', asks: { reasoning_effort: 'high' }, gets: { reasoning_effort: 'high' } },
  {
    vendor: 'clovastudio',
    model: 'HCX-007',
    asks: { max_tokens: 9, presence_penalty: 1 },
    gets: { max_completion_tokens: 9 },
    lacks: ['max_tokens', 'presence_penalty'],
    dropped: 'presence_penalty',
  },
  {
    vendor: 'zai',
    asks: { tools: [TOOL], tool_choice: 'none', seed: 3 },
    gets: {},
    lacks: ['tools', 'tool_choice', 'seed'],
    dropped: 'seed',
  },
  { vendor: 'fireworks', asks: { verbosity: 'low' }, gets: {}, lacks: ['verbosity'], dropped: 'verbosity' },
  { vendor: 'ollama', asks: { reasoning_effort: 'none' }, gets: { reasoning_effort: 'none' } },
  {
    vendor: 'vllm',
    asks: { reasoning_effort: 'none', structured_outputs: { regex: 'a' } },
    gets: { chat_template_kwargs: { enable_thinking: false }, structured_outputs: { regex: 'a' } },
    lacks: ['reasoning_effort'],
  },
  { vendor: 'sglang', asks: { regex: 'a' }, gets: { regex: 'a' } },
  {
    vendor: 'openai-compatible',
    asks: { store: true, mine: 1 },
    gets: { mine: 1 },
    lacks: ['store'],
    dropped: 'store',
  },
];

/** The streams of vendors: their events, and what the caller reads. */
export const STREAMS: [string, (object | string)[], { text: string; reasoning?: string; finish: string }][] = [
  [
    'mistral',
    [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: '음' }] }] }),
      chunk({ content: '네' }),
      chunk({ content: '' }, 'stop', { usage: USAGE }),
    ],
    { text: '네', reasoning: '음', finish: 'stop' },
  ],
  [
    'groq',
    [chunk({ reasoning: '음' }), chunk({ content: '네' }), chunk({}, 'stop', { x_groq: { id: 'r', usage: USAGE } })],
    { text: '네', reasoning: '음', finish: 'stop' },
  ],
  [
    'moonshot',
    [chunk({ reasoning_content: '음' }), chunk({ content: '네' }), chunk({}, 'stop', {}, { usage: USAGE })],
    { text: '네', reasoning: '음', finish: 'stop' },
  ],
  [
    'together',
    [chunk({ content: '네' }), chunk({ content: '' }, 'eos', { usage: USAGE })],
    { text: '네', finish: 'stop' },
  ],
  [
    'zai',
    [chunk({ content: '네' }), chunk({ content: '' }, 'sensitive', { usage: USAGE })],
    { text: '네', finish: 'content_filter' },
  ],
  [
    'azure',
    [
      { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [] },
      chunk({ content: '네' }),
      chunk({}, 'stop'),
      { ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE },
    ],
    { text: '네', finish: 'stop' },
  ],
];
