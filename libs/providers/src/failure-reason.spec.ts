import { failureReason } from './failure-reason';

const reason = (status: number, code: string | null, message = '', elsewhere = false) =>
  failureReason({ status, code, message }, elsewhere);

describe('the reason of a failure', () => {
  it.each([
    ['OpenAI, Groq, Mistral', 400, 'context_length_exceeded', ''],
    ['OpenAI: one text', 400, 'string_above_max_length', ''],
    ['Anthropic', 400, null, 'prompt is too long: 214033 tokens > 200000 maximum'],
    ['Anthropic: a large body', 413, 'request_too_large', ''],
    ['Gemini', 400, null, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'],
    ['vLLM', 400, null, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"],
    ['DeepSeek', 400, 'invalid_request_error', "This model's maximum context length is 131072 tokens."],
    ['OpenRouter', 400, '400', "This endpoint's maximum context length is 131072 tokens."],
    ['llama.cpp', 400, 'exceed_context_size_error', 'the request exceeds the available context size'],
  ])('is the length of the context: %s', (_vendor, status, code, message) => {
    expect(reason(status, code, message)).toBe('context_too_long');
  });

  it.each([
    ['Azure', 400, 'content_filter', ''],
    ['OpenAI', 400, 'content_policy_violation', ''],
    ['OpenAI: pictures', 400, 'moderation_blocked', ''],
    ['Qwen', 400, 'data_inspection_failed', ''],
    ['Azure, by message', 400, null, "triggering Azure OpenAI's content management policy. Please modify your prompt"],
  ])('is a content filter: %s', (_vendor, status, code, message) => {
    expect(reason(status, code, message)).toBe('content_filter');
  });

  it.each([
    [429, 'upstream_rate_limited', 'rate_limit'],
    [502, 'upstream_error', 'error'],
    [504, 'upstream_timeout', 'error'],
    [500, 'content_filter', 'error'],
  ] as const)('is %d %s: %s', (status, code, expected) => {
    expect(reason(status, code)).toBe(expected);
  });

  it('is an error where only another deployment helps, and none where the request is wrong', () => {
    expect(reason(404, 'model_not_found', '', true)).toBe('error');
    expect(reason(400, 'invalid_type', 'messages must be an array')).toBeUndefined();
    expect(reason(400, null, 'Unknown parameter: context.')).toBeUndefined();
    expect(reason(422, null, 'temperature is too high')).toBeUndefined();
  });
});
