import { InvalidRequestError } from '../../endpoint';
import { readChatRequest } from './chat-request';

const messages = [{ role: 'user', content: 'Hello' }];
const naming = (param: string | null, words: string) =>
  expect.objectContaining({ param, message: expect.stringContaining(words) as string }) as InvalidRequestError;

describe('readChatRequest', () => {
  it.each([
    { model: 'm', messages },
    { model: 'm', messages, stream: null, stream_options: null },
    { model: 'm', messages, stream: true, stream_options: { include_usage: true, new_member: 1 } },
    { model: 'm', messages: [{ role: 'tool', tool_call_id: 'x', content: [] }, { role: 'a new one' }] },
    { model: 'm', messages, temperature: 'hot', n: -1, brand_new: { deep: [1] } },
  ])('is passed on as it is: %j', (body) => expect(readChatRequest(body).body).toBe(body));

  it.each([
    [undefined, null, 'JSON object'],
    [null, null, 'JSON object'],
    ['text', null, 'JSON object'],
    [[], null, 'JSON object'],
    [{ messages }, 'model', 'is required'],
    [{ model: '', messages }, 'model', 'is required'],
    [{ model: ['m'], messages }, 'model', 'is required'],
    [{ model: 'm' }, 'messages', 'is required'],
    [{ model: 'm', messages: [] }, 'messages', 'at least one'],
    [{ model: 'm', messages: { role: 'user' } }, 'messages', 'array'],
    [{ model: 'm', messages: ['Hello'] }, 'messages.0', "'messages.0'"],
    [{ model: 'm', messages: [...messages, null] }, 'messages.1', 'object'],
    [{ model: 'm', messages: [[]] }, 'messages.0', 'object'],
    [{ model: 'm', messages: [...messages, { content: 'x' }] }, 'messages.1.role', "'messages.1.role'"],
    [{ model: 'm', messages: [{ role: '' }] }, 'messages.0.role', 'is required'],
    [{ model: 'm', messages, stream: 'true' }, 'stream', 'true or false'],
    [{ model: 'm', messages, stream: 1 }, 'stream', 'true or false'],
    [{ model: 'm', messages, stream_options: true }, 'stream_options', 'object'],
    [{ model: 'm', messages, stream_options: [] }, 'stream_options', 'object'],
  ])('%j is refused by name', (body, param, words) => {
    expect(() => readChatRequest(body)).toThrow(naming(param, words));
  });

  it('reads the facts that the pipeline needs', () => {
    const body = {
      model: 'm',
      messages,
      stream: true,
      n: 2,
      max_tokens: 5,
      service_tier: 'flex',
      metadata: { a: 'b' },
    };
    expect(readChatRequest(body).request).toEqual({
      model: 'm',
      stream: true,
      choices: 2,
      maxOutputTokens: 5,
      metadata: { a: 'b' },
      wantsUsage: false,
      serviceTier: 'flex',
      forcesTool: false,
      unpricedMember: undefined,
    });
    const usage = {
      model: 'm',
      messages,
      stream_options: { include_usage: true },
      max_completion_tokens: 7,
      max_tokens: 5,
    };
    expect(readChatRequest(usage).request).toMatchObject({ wantsUsage: true, maxOutputTokens: 7, choices: 1 });
  });

  it('A10: reads the greater of both limits', () => {
    const limits = { model: 'm', messages, max_completion_tokens: 1, max_tokens: 5_000 };
    expect(readChatRequest(limits).request.maxOutputTokens).toBe(5_000);
  });

  it.each([
    ['n', 129],
    ['n', 1e8],
    ['max_tokens', 1e15],
    ['max_completion_tokens', 1e308],
  ])('A9: refuses %s %d', (name, value) => {
    expect(() => readChatRequest({ model: 'm', messages, [name]: value })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`'${name}' must be at most`), param: name }),
    );
  });

  it.each([
    ['n', 128],
    ['n', 'many'],
    ['max_tokens', 2_000_000],
    ['max_tokens', null],
  ])('leaves %s %p to the upstream', (name, value) => {
    expect(() => readChatRequest({ model: 'm', messages, [name]: value })).not.toThrow();
  });
});
