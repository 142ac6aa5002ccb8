import { chatCompletions } from '../endpoints/chat-completions/chat-completions.endpoint';
import { CHAT_COMPLETIONS } from '../provider';
import { openAi, openAiCompatible } from './openai';

const KEY = 'ab'.repeat(16);
const sent = (provider: typeof openAi, body: object, promptCacheKey: string | undefined = KEY): unknown => {
  const call = {
    body: { model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...body },
    upstreamModel: 'm',
    stream: false,
    promptCacheKey,
    requestId: 'r',
    baseUrl: 'https://api.openai.com/v1',
  };
  const request = provider.translators[CHAT_COMPLETIONS]?.toRequest(call);
  return JSON.parse(String(request?.body)).prompt_cache_key;
};

describe('prompt_cache_key', () => {
  it('is set for OpenAI where the caller has set none', () => {
    expect(sent(openAi, {})).toBe(KEY);
    expect(sent(openAi, { prompt_cache_key: null })).toBe(KEY);
    expect(sent(openAi, { prompt_cache_key: 'own' })).toBe('own');
  });

  it('is not set for servers that may refuse it', () => {
    expect(sent(openAiCompatible, {})).toBeUndefined();
    expect(sent(openAiCompatible, { prompt_cache_key: 'own' })).toBe('own');
  });

  it('is no part of the cache key', () => {
    expect(chatCompletions.withoutEffect.names.has('prompt_cache_key')).toBe(true);
  });
});
