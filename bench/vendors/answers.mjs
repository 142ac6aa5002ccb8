/** What each vendor's API answers: JSON, and the events of a stream, each a write of its own. */
const WORDS = 'The cheapest call is the one that nobody has to make twice for it was already answered'.split(' ');
/** The pieces of a streamed text. */
const PIECES = WORDS.map((word, at) => (at === 0 ? word : ` ${word}`));
const INPUT_TOKENS = 58;
const OUTPUT_TOKENS = WORDS.length;
const VECTOR = Array.from({ length: 256 }, (_, at) => Number((Math.sin(at + 1) / 16).toFixed(8)));

/** Stands for the id of each answer. */
export const ID = 'xxxxxxxxxxxxxxx0';
const seconds = () => Math.floor(Date.now() / 1000);

/** Names and data of events as bytes of a stream. */
const event = (value, name) => `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
const named = (value) => event(value, value.type);

function openAiChat(text) {
  const model = 'gpt-4.1-2025-04-14';
  const usage = {
    prompt_tokens: INPUT_TOKENS,
    completion_tokens: OUTPUT_TOKENS,
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  const more = { service_tier: 'default', system_fingerprint: 'fp_b3f1157249' };
  const base = { id: `chatcmpl-${ID}`, created: seconds(), model };
  const message = { role: 'assistant', content: text, refusal: null, annotations: [] };
  const choice = { index: 0, message, logprobs: null, finish_reason: 'stop' };
  const chunk = (choices, counts) =>
    event({
      ...base,
      object: 'chat.completion.chunk',
      ...more,
      choices,
      ...(counts !== undefined && { usage: counts }),
    });
  const part = (delta, finish = null) => [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return {
    json: { ...base, object: 'chat.completion', choices: [choice], usage, ...more },
    events: (withUsage) => [
      chunk(part({ role: 'assistant', content: '', refusal: null }), withUsage ? null : undefined),
      ...PIECES.map((content) => chunk(part({ content }), withUsage ? null : undefined)),
      chunk(part({}, 'stop'), withUsage ? null : undefined),
      ...(withUsage ? [chunk([], usage)] : []),
      'data: [DONE]\n\n',
    ],
  };
}

function openAiResponses(text) {
  const item = { id: `msg_${ID}`, type: 'message', role: 'assistant' };
  const part = (written) => ({ type: 'output_text', text: written, annotations: [], logprobs: [] });
  const done = { ...item, status: 'completed', content: [part(text)] };
  const usage = {
    input_tokens: INPUT_TOKENS,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: OUTPUT_TOKENS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  };
  const response = (status, output, counts) => ({
    id: `resp_${ID}`,
    object: 'response',
    created_at: seconds(),
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: 200,
    model: 'gpt-4.1-2025-04-14',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: false,
    temperature: 0.2,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: counts,
    metadata: {},
  });
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const begun = response('in_progress', [], null);
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...place, part: part('') },
    ...PIECES.map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: part(text) },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: response('completed', [done], usage) },
  ];
  return {
    json: response('completed', [done], usage),
    events: () => events.map(({ type, ...members }, at) => named({ type, sequence_number: at, ...members })),
  };
}

function anthropicMessages(text) {
  const counts = { input_tokens: INPUT_TOKENS, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = { id: `msg_${ID}`, type: 'message', role: 'assistant', model: 'claude-haiku-4-5-20251001' };
  const end = { stop_reason: 'end_turn', stop_sequence: null };
  const begun = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...counts, output_tokens: 1, service_tier: 'standard' },
  };
  const usage = { ...counts, output_tokens: OUTPUT_TOKENS };
  return {
    json: { ...message, content: [{ type: 'text', text }], ...end, usage: { ...usage, service_tier: 'standard' } },
    events: () =>
      [
        { type: 'message_start', message: begun },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        ...PIECES.map((piece) => ({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'text_delta', text: piece },
        })),
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: end, usage },
        { type: 'message_stop' },
      ].map(named),
  };
}

function geminiContent(text) {
  const usageOf = (outputTokens) => ({
    promptTokenCount: INPUT_TOKENS,
    candidatesTokenCount: outputTokens,
    totalTokenCount: INPUT_TOKENS + outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: INPUT_TOKENS }],
  });
  const response = (written, outputTokens, finish) => ({
    candidates: [
      { content: { parts: [{ text: written }], role: 'model' }, index: 0, ...(finish && { finishReason: finish }) },
    ],
    usageMetadata: usageOf(outputTokens),
    modelVersion: 'gemini-3.5-flash',
    responseId: ID,
  });
  return {
    json: response(text, OUTPUT_TOKENS, 'STOP'),
    events: () =>
      PIECES.map((piece, at) => event(response(piece, at + 1, at === PIECES.length - 1 ? 'STOP' : undefined))),
  };
}

function openAiEmbeddings() {
  const embedding = Buffer.from(new Float32Array(VECTOR).buffer).toString('base64');
  const usage = { prompt_tokens: INPUT_TOKENS, total_tokens: INPUT_TOKENS };
  const data = [{ object: 'embedding', index: 0, embedding }];
  return { json: { object: 'list', data, model: 'text-embedding-3-small', usage } };
}

function geminiEmbeddings() {
  return { json: { embeddings: [{ values: VECTOR }], usageMetadata: { promptTokenCount: INPUT_TOKENS } } };
}

/** The API that a path names. */
const APIS = [
  [/\/chat\/completions$/, openAiChat],
  [/\/responses$/, openAiResponses],
  [/\/embeddings$/, openAiEmbeddings],
  [/\/messages$/, anthropicMessages],
  [/:(?:streamG|g)enerateContent/, geminiContent],
  [/:batchEmbedContents/, geminiEmbeddings],
];

/** The answers of all APIs. @param bytes about how long their text is; 0 is a short sentence */
export function answersOf(bytes) {
  const line = `${WORDS.join(' ')} `;
  const text = line.repeat(Math.ceil(bytes / line.length) || 1).trimEnd();
  return APIS.map(([path, answerOf]) => ({ path, ...answerOf(text) }));
}
