import fc from 'fast-check';
import type { JsonRecord } from '../../json-record';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { compatibleChat } from '../compatible';
import type { CompatibleVendor } from '../quirks';
import { COMPATIBLE_VENDORS } from '../records/records';
import { REASONING_TEXT } from './replayed-reasoning';
import { NineLetterIds } from './tool-ids';

type Name = keyof typeof COMPATIBLE_VENDORS;
const NAMES = Object.keys(COMPATIBLE_VENDORS) as Name[];
const USER = { role: 'user', content: 'hi' };

function callOf(body: JsonRecord, more: Partial<UpstreamCall> = {}): UpstreamCall {
  return {
    body: { model: 'alias', messages: [USER], ...body },
    upstreamModel: 'real',
    stream: false,
    requestId: 'r1',
    baseUrl: 'https://llm.example/v1',
    ...more,
  };
}

function send(name: Name, body: JsonRecord, more: Partial<UpstreamCall> = {}) {
  const vendor: CompatibleVendor = COMPATIBLE_VENDORS[name];
  const { body: sent, dropped } = compatibleChat(vendor).toRequest(callOf(body, more));
  return { sent: JSON.parse(String(sent)) as JsonRecord, dropped };
}

function refusedBy(name: Name, body: JsonRecord, upstreamModel = 'real'): string | undefined {
  try {
    send(name, body, { upstreamModel });
    return undefined;
  } catch (error) {
    if (!(error instanceof UnsupportedMemberError)) throw error;
    expect(error.message).toContain(COMPATIBLE_VENDORS[name].label);
    expect(error.message).toContain(`'${error.param}'`);
    return error.param;
  }
}

describe('what a vendor lacks', () => {
  const audio = [{ role: 'user', content: [{ type: 'text' }, { type: 'input_audio', input_audio: {} }] }];
  const file = [USER, { role: 'user', content: [{ type: 'file', file: {} }] }];

  it.each<[Name, JsonRecord, string]>([
    ['groq', { n: 2 }, 'n'],
    ['groq', { logprobs: true }, 'logprobs'],
    ['groq', { top_logprobs: 2 }, 'top_logprobs'],
    ['groq', { messages: audio }, 'messages.0.content.1'],
    ['deepseek', { messages: file }, 'messages.1.content.0'],
    ['together', { logprobs: 1 }, 'logprobs'],
    ['mistral', { modalities: ['text', 'audio'] }, 'modalities'],
    ['mistral', { audio: { voice: 'a' } }, 'audio'],
    ['vllm', { web_search_options: {} }, 'web_search_options'],
    ['openrouter', { tools: [{ type: 'function' }, { type: 'custom' }] }, 'tools.1'],
    ['ollama', { tools: [], tool_choice: 'required' }, 'tool_choice'],
    ['zai', { tool_choice: { type: 'function', function: { name: 'f' } } }, 'tool_choice'],
    ['zai', { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required' } } }, 'tool_choice'],
    ['xai', { stop: ['x'] }, 'stop'],
  ])('is refused where silence would change the answer: %s %j', (name, body, param) =>
    expect(refusedBy(name, body)).toBe(param),
  );

  it.each<[Name, JsonRecord]>([
    ['groq', { n: 1, logprobs: false, top_logprobs: 0, modalities: ['text'], stop: 'x' }],
    ['zai', { tool_choice: 'auto', tools: [] }],
    ['zai', { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } }, tools: [] }],
    ['mistral', { messages: audio, n: 2 }],
    ['openai', { messages: audio, n: 2, logprobs: true, modalities: ['audio'], audio: {}, web_search_options: {} }],
    ['openai-compatible', { messages: audio, n: 2, logprobs: true, modalities: ['audio'], audio: {} }],
    ['xai', { stop: [], reasoning_effort: 'high' }],
    ['xai', { stop: ['x'], reasoning_effort: 'none' }],
  ])('is not refused where nothing is lost: %s %j', (name, body) => expect(refusedBy(name, body)).toBeUndefined());

  it.each([
    ['gpt-5', { logprobs: true }, 'logprobs'],
    ['gpt-5-mini-2025-08-07', { stop: ['x'] }, 'stop'],
    ['o3', { stop: 'x' }, 'stop'],
    ['o3-mini', { logprobs: true }, 'logprobs'],
    ['o1', { stop: 'x' }, undefined],
    ['gpt-5.2', { logprobs: true }, 'logprobs'],
    ['gpt-5.2', { logprobs: true, reasoning_effort: 'none' }, undefined],
    ['gpt-6.1-sol', { logprobs: true, reasoning_effort: 'none' }, 'logprobs'],
    ['gpt-6.2-astra', { stop: 'x', reasoning_effort: 'none' }, 'stop'],
    ['gpt-6.1-terra', { stop: 'x', reasoning_effort: 'none' }, undefined],
    ['gpt-5-chat-latest', { logprobs: true, stop: 'x' }, undefined],
    ['gpt-5.3-chat-latest', { logprobs: true, stop: 'x' }, undefined],
    ['gpt-4o', { logprobs: true, stop: 'x' }, undefined],
  ])("is refused by OpenAI's reasoning models alone: %s %j", (model, body, param) =>
    expect(refusedBy('openai', body, model)).toBe(param),
  );

  const seen = [USER, { role: 'tool', content: [{ type: 'text' }, { type: 'image_url', image_url: {} }] }];

  it.each<[Name, string, JsonRecord, string | undefined]>([
    ['openai', 'o3-mini', { messages: seen }, 'messages.1.content.1'],
    ['openai', 'o3-mini-2025-01-31', { messages: seen }, 'messages.1.content.1'],
    ['azure', 'o3-mini', { messages: file }, 'messages.1.content.0'],
    ['openai', 'gpt-5.4', { messages: seen }, undefined],
    ['openai', 'gpt-5.4', { messages: file }, undefined],
    ['openai', 'gpt-5.4', { messages: audio }, 'messages.0.content.1'],
    ['openai', 'gpt-audio', { messages: audio }, undefined],
    ['openai', 'unheard-of', { messages: seen }, undefined],
    ['deepseek', 'deepseek-v4-pro', { messages: seen }, 'messages.1.content.1'],
    ['deepseek', 'deepseek-flash', { messages: seen }, undefined],
    ['mistral', 'codestral-2508', { messages: seen }, 'messages.1.content.1'],
    ['mistral', 'voxtral-small-2507', { messages: audio }, undefined],
    ['groq', 'openai/gpt-oss-120b', { messages: seen }, 'messages.1.content.1'],
    ['together', 'zai-org/GLM-5.3', { messages: seen }, 'messages.1.content.1'],
    ['zai', 'glm-5.3', { messages: seen }, 'messages.1.content.1'],
  ])('is a kind of input, where a source of the catalogue says so: %s %s %j', (name, model, body, param) =>
    expect(refusedBy(name, body, model)).toBe(param),
  );

  it('is reported where it is left out, but not without an effect', () => {
    const harmless = {
      store: false,
      service_tier: 'auto',
      verbosity: 'medium',
      metadata: { a: 'b' },
      logit_bias: null,
    };
    expect(send('groq', { ...harmless, parallel_tool_calls: true })).toEqual({
      sent: { model: 'real', messages: [USER], parallel_tool_calls: true, service_tier: 'auto' },
      dropped: [],
    });
    expect(send('mistral', { ...harmless, store: true, user: 'u' }).dropped).toEqual(['store', 'user']);
    expect(send('openai', { service_tier: 'flex' }, { upstreamModel: 'gpt-6.2-sol' }).dropped).toEqual([
      'service_tier',
    ]);
    expect(send('openai', { service_tier: 'flex' }, { upstreamModel: 'gpt-6.1-sol' }).dropped).toEqual([]);
    expect(send('openai', { service_tier: 'priority' }, { upstreamModel: 'gpt-6.2-sol' }).dropped).toEqual([]);
  });

  it('reports a cache key that no header can carry', () => {
    expect(send('xai', { prompt_cache_key: '한국\r\nx: y' }).dropped).toEqual(['prompt_cache_key']);
  });
});

describe('the effort of reasoning', () => {
  it.each<[Name, string, string, JsonRecord, boolean]>([
    ['deepseek', 'deepseek-flash', 'none', { thinking: { type: 'disabled' } }, true],
    ['deepseek', 'deepseek-flash', 'medium', { thinking: { type: 'enabled' }, reasoning_effort: 'high' }, false],
    ['mistral', 'mistral-large-4', 'minimal', { reasoning_effort: 'high' }, false],
    ['xai', 'grok-4.7', 'xhigh', { reasoning_effort: 'xhigh' }, true],
    ['xai', 'grok-4.20-non-reasoning', 'low', {}, false],
    ['groq', 'llama', 'low', {}, false],
    ['together', 'qwen', 'none', { reasoning: { enabled: false } }, true],
    ['moonshot', 'kimi-k2.6', 'high', { thinking: { type: 'enabled' } }, true],
    ['moonshot', 'kimi-k3', 'none', { reasoning_effort: 'low' }, false],
    ['dashscope', 'qwen3-max', 'none', { enable_thinking: false }, true],
    ['dashscope', 'qwen3-max', 'xhigh', { enable_thinking: true }, true],
    ['vllm', 'qwen3', 'high', { reasoning_effort: 'high' }, true],
    ['openrouter', 'x', 'none', { reasoning: { effort: 'none' } }, true],
    ['openai', 'gpt-6.2-sol', 'none', { reasoning_effort: 'low' }, false],
    ['openai', 'gpt-6.1-terra', 'none', { reasoning_effort: 'none' }, true],
    ['openai', 'gpt-6.2-sol', 'beyond', { reasoning_effort: 'beyond' }, true],
  ])('goes to %s %s as it takes it: %s', (name, upstreamModel, effort, members, isExact) => {
    const { sent, dropped } = send(name, { reasoning_effort: effort }, { upstreamModel });
    expect(sent).toEqual({ model: upstreamModel, messages: [USER], ...members });
    expect(dropped).toEqual(isExact ? [] : ['reasoning_effort']);
  });

  it("does not replace the vendor's own members", () => {
    const thinking = { type: 'disabled', clear_thinking: false };
    expect(send('zai', { reasoning_effort: 'high', thinking }).sent).toMatchObject({ thinking });
    expect(send('dashscope', { reasoning_effort: 'low', thinking_budget: 9 }).sent).toMatchObject({
      enable_thinking: true,
      thinking_budget: 9,
    });
  });
});

describe('earlier turns', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const result = { role: 'tool', tool_call_id: 'call_1', content: 'x' };
  const turn = (members: JsonRecord) => ({ role: 'assistant', content: '', tool_calls: [call], ...members });
  const sentTurn = (name: Name, members: JsonRecord, turns?: UpstreamCall['turns']) =>
    (send(name, { messages: [USER, turn(members), result] }, { turns }).sent.messages as JsonRecord[])[1];

  it.each<[string, JsonRecord]>([
    ['as it was', { reasoning_content: 'I look.' }],
    ["in OpenRouter's member", { reasoning: 'I look.' }],
    ['in details', { reasoning_details: [{ type: 'reasoning.text', text: 'I ' }, { summary: 'look.' }, {}] }],
    ['in blocks', { thinking_blocks: [{ type: 'thinking', thinking: 'I look.', signature: 's' }] }],
  ])('have the reasoning that the client sends back %s', (_, members) => {
    expect(sentTurn('deepseek', members)).toEqual(turn({ reasoning_content: 'I look.' }));
    expect(sentTurn('groq', members)).toEqual(turn({ reasoning: 'I look.' }));
    expect(sentTurn('mistral', members)).not.toHaveProperty(Object.keys(members)[0] ?? '');
    expect(sentTurn('openai', members)).toEqual(turn({}));
    expect(sentTurn('vllm', members)).toEqual(turn(members));
  });

  it('have the kept reasoning where the client has dropped it, else none', () => {
    const turns = new Map([['call_1', { format: REASONING_TEXT, content: 'Kept.' }]]);
    expect(sentTurn('deepseek', {}, turns)).toEqual(turn({ reasoning_content: 'Kept.' }));
    expect(sentTurn('deepseek', { reasoning_content: 'Sent.' }, turns)).toEqual(turn({ reasoning_content: 'Sent.' }));
    const foreign = new Map([['call_1', { format: 'anthropic-claude-v1', content: [] }]]);
    for (const other of [undefined, foreign])
      expect(sentTurn('deepseek', {}, other)).toEqual(turn({ reasoning_content: '' }));
    expect(sentTurn('openai', {}, turns)).toEqual(turn({}));
  });

  it('have a refusal as their text at a vendor without that member', () => {
    const message = { role: 'assistant', content: null, refusal: 'I cannot.', annotations: [] };
    const { sent } = send('mistral', { messages: [USER, message] });
    expect(sent.messages).toEqual([USER, { role: 'assistant', content: 'I cannot.' }]);
  });

  it('have ids of nine letters and digits at Mistral, each its own', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9]{9}$/))), (ids) => {
        const nine = new NineLetterIds();
        const given = ids.map((id) => nine.of(id));
        expect(new Set(given).size).toBe(ids.length);
        for (const [index, id] of ids.entries()) {
          expect(given[index]).toMatch(/^[a-zA-Z0-9]{9}$/);
          expect(nine.of(id)).toBe(given[index]);
        }
      }),
    );
  });

  it('have ids that are not changed where they fit, and differ where one looks like another', () => {
    const nine = new NineLetterIds();
    expect(nine.of('D681PevKs')).toBe('D681PevKs');
    const made = nine.of('call_1');
    expect(nine.of(made)).not.toBe(made);
    expect(new NineLetterIds().of('call_1')).toBe(made);
  });
});

describe('every vendor', () => {
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
  const members = [
    'n',
    'tools',
    'tool_choice',
    'response_format',
    'reasoning_effort',
    'thinking',
    'stop',
    'audio',
    'x',
  ];
  const roles = ['system', 'developer', 'user', 'assistant', 'tool'];
  const message = fc.record({ role: fc.constantFrom(...roles), content: value, tool_calls: value, name: value });
  const body = fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    members: fc.dictionary(fc.constantFrom(...members), value),
  });

  it.each(NAMES)('%s: leaves the body of the caller as it is, and writes the same request each time', (name) => {
    fc.assert(
      fc.property(body, fc.boolean(), ({ messages, members: more }, stream) => {
        const call = callOf({ messages, ...more }, { stream });
        const before = JSON.stringify(call);
        const vendor: CompatibleVendor = COMPATIBLE_VENDORS[name];
        const write = () => {
          try {
            return compatibleChat(vendor).toRequest(call);
          } catch (error) {
            if (error instanceof UnsupportedMemberError) return error.message;
            throw error;
          }
        };
        expect(write()).toEqual(write());
        expect(JSON.stringify(call)).toBe(before);
      }),
      { numRuns: 40 },
    );
  });
});
