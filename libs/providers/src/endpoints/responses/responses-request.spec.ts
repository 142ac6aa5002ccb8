import { LongNumber, LongText } from '../../passed-values';
import { readResponsesRequest } from './responses-request';

const read = (members: object) => readResponsesRequest({ model: 'gpt-4.1', input: 'Hi', ...members }).request;

describe('a request of Responses', () => {
  it('is read with what the pipeline must know', () => {
    const tools = [{ type: 'function', name: 'f' }, { type: 'custom' }, { type: 'web_search' }];
    const metadata = { job: 'nightly' };
    const asked = { stream: true, max_output_tokens: 50, metadata, service_tier: 'flex', tools };
    expect(read(asked)).toEqual({
      model: 'gpt-4.1',
      stream: true,
      choices: 1,
      maxOutputTokens: 50,
      metadata,
      wantsUsage: true,
      serviceTier: 'flex',
      forcesTool: false,
      unpricedMember: 'tools.2',
    });
    expect(read({ max_output_tokens: 0, tools: null })).toMatchObject({ stream: false, maxOutputTokens: undefined });
  });

  it.each([
    ['of a name', { type: 'function', name: 'f' }, true],
    ['of a custom tool', { type: 'custom', name: 'f' }, true],
    ['of the only tool', 'required', true],
    ['of the only allowed tool', { type: 'allowed_tools', mode: 'required', tools: [{}] }, true],
    ['of one of two allowed tools', { type: 'allowed_tools', mode: 'required', tools: [{}, {}] }, false],
    ['left open', 'auto', false],
  ])('forces a tool by a choice %s', (_, choice, forced) => {
    expect(read({ tool_choice: choice, tools: [{ type: 'function' }] }).forcesTool).toBe(forced);
  });

  it('may have a long text as its input', () => {
    const input = new LongText(Buffer.from('long'), true);
    expect(read({ input, instructions: input }).model).toBe('gpt-4.1');
  });

  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: { id: 'conv_1' } }],
    ['prompt', { prompt: { id: 'pmpt_1' } }],
    ['background', { background: true }],
    ['background', { background: 'yes' }],
    ['input[0].type', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['model', { model: '' }],
    ['input', { input: undefined }],
    ['input', { input: [] }],
    ['input[1]', { input: [{ role: 'user' }, 'x'] }],
    ['input[0].role', { input: [{ content: 'x' }] }],
    ['input[0].type', { input: [{ type: 7 }] }],
    ['instructions', { instructions: 7 }],
    ['stream', { stream: 'yes' }],
    ['stream_options', { stream_options: [] }],
    ['text', { text: 'json' }],
    ['reasoning', { reasoning: 'low' }],
    ['tools', { tools: {} }],
    ['tools[0]', { tools: ['f'] }],
    ['tools[0].type', { tools: [{ name: 'f' }] }],
    ['max_output_tokens', { max_output_tokens: 1e9 }],
    ['max_output_tokens', { max_output_tokens: new LongNumber('10000000000000001') }],
  ])('names the member that is wrong: %s', (param, members) => {
    expect(() => read(members)).toThrow(expect.objectContaining({ name: 'InvalidRequestError', param }));
  });

  it('must be an object', () => {
    expect(() => readResponsesRequest([])).toThrow('must be a JSON object');
  });

  it('may have the members that are refused as null', () => {
    expect(read({ previous_response_id: null, conversation: null, prompt: null, background: false }).choices).toBe(1);
  });
});
