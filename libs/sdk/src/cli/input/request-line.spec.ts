import { MESSAGES } from '../text/language';
import { type LineDefaults, promptLine, requestLine } from './request-line';

const messages = MESSAGES.en.input;
const chat: LineDefaults = { endpoint: '/v1/chat/completions', model: 'gpt-4.1' };
const read = (value: unknown, defaults = chat) => requestLine(value, 'line-000007', defaults, messages);
const hello = [{ role: 'user', content: 'Hello' }];
const made = { custom_id: 'line-000007', method: 'POST', url: '/v1/chat/completions' };

describe('requestLine', () => {
  it.each<[string, unknown, object]>([
    ['a string', 'Hello', { ...made, body: { messages: hello, model: 'gpt-4.1' } }],
    [
      'a prompt',
      { prompt: 'Hello', temperature: 0 },
      { ...made, body: { temperature: 0, messages: hello, model: 'gpt-4.1' } },
    ],
    [
      'a prompt with id, model and system',
      { custom_id: 'a', prompt: 'Hello', system: 'Short.', model: 'm' },
      { ...made, custom_id: 'a', body: { model: 'm', messages: [{ role: 'system', content: 'Short.' }, ...hello] } },
    ],
    ['a request body', { model: 'm', messages: hello }, { ...made, body: { model: 'm', messages: hello } }],
    [
      'a body with an id',
      { custom_id: 'a', messages: hello },
      { ...made, custom_id: 'a', body: { messages: hello, model: 'gpt-4.1' } },
    ],
    [
      'an id and a body',
      { custom_id: 'a', body: { messages: hello } },
      { ...made, custom_id: 'a', body: { messages: hello, model: 'gpt-4.1' } },
    ],
    [
      'a whole line',
      { custom_id: 'a', method: 'POST', url: '/v1/embeddings', body: { model: 'e', input: 'x' } },
      { custom_id: 'a', method: 'POST', url: '/v1/embeddings', body: { model: 'e', input: 'x' } },
    ],
  ])('makes a line of %s', (_, value, line) => {
    expect(read(value)).toEqual(line);
  });

  it.each<[string, object]>([
    ['/v1/responses', { instructions: 'Short.', input: 'Hello', model: 'gpt-4.1', max_output_tokens: 9 }],
    ['/v1/messages', { system: 'Short.', messages: hello, model: 'gpt-4.1', max_tokens: 9 }],
    ['/v1/embeddings', { input: 'Hello', model: 'gpt-4.1' }],
    [
      '/v1/chat/completions',
      { messages: [{ role: 'system', content: 'Short.' }, ...hello], model: 'gpt-4.1', max_completion_tokens: 9 },
    ],
  ])('makes the body of %s', (endpoint, body) => {
    const defaults = { ...chat, endpoint, system: 'Short.', maxTokens: 9 };
    expect(promptLine('a', 'Hello', defaults, messages)).toEqual({ ...made, custom_id: 'a', url: endpoint, body });
  });

  it('keeps a limit that the line has', () => {
    const { body } = read({ messages: hello, max_tokens: 5 }, { ...chat, maxTokens: 9 });
    expect(body).toEqual({ messages: hello, max_tokens: 5, model: 'gpt-4.1' });
  });

  it.each<[string, unknown, string]>([
    ['a number', 7, messages.notALine],
    ['a list', [hello], messages.notALine],
    ['an empty object', {}, messages.notALine],
    ['a system prompt that is no text', { prompt: 'Hello', system: 7 }, messages.notALine],
    ['a blank prompt', { prompt: ' ' }, messages.noPrompt],
    ['a body that is text', { custom_id: 'a', body: 'x' }, messages.noBody],
    ['a stream', { messages: hello, stream: true }, messages.stream],
    ['an id that is a number', { custom_id: 1, messages: hello }, messages.badId],
    ['an id with a line end', { custom_id: 'a\nb', messages: hello }, messages.badId],
    ['an id of 513 characters', { custom_id: 'x'.repeat(513), messages: hello }, messages.badId],
  ])('refuses %s', (_, value, message) => {
    expect(() => read(value)).toThrow(message);
  });

  it('refuses a line without a model, and one of Anthropic’s API without a limit', () => {
    expect(() => read('Hello', { endpoint: chat.endpoint })).toThrow(messages.noModel);
    expect(() => read('Hello', { ...chat, endpoint: '/v1/messages' })).toThrow(messages.needsMaxTokens);
  });
});
