import { requestOf } from './playground-request';

const draft = {
  model: 'gpt-4.1',
  system: '',
  prompt: "What's the sky?",
  isStream: false,
  cacheMode: 'default' as const,
  seconds: 60,
  namespace: '',
  maxTokens: 100,
};

describe('a call of the playground', () => {
  it('has only what is set, so that equal questions are equal calls', () => {
    expect(requestOf(draft)).toEqual({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: "What's the sky?" }],
      max_completion_tokens: 100,
    });
    expect(requestOf({ ...draft, cacheMode: 'ttl', namespace: 'mine', isStream: true, system: 'Short.' })).toEqual({
      model: 'gpt-4.1',
      messages: [
        { role: 'system', content: 'Short.' },
        { role: 'user', content: "What's the sky?" },
      ],
      max_completion_tokens: 100,
      stream: true,
      stream_options: { include_usage: true },
      cache: { ttl: 60, namespace: 'mine' },
    });
    expect(requestOf({ ...draft, cacheMode: 'neither' }).cache).toEqual({ 'no-cache': true, 'no-store': true });
  });
});
