import { chatCompletions } from '../endpoints/chat-completions/chat-completions.endpoint';
import { CHAT_COMPLETIONS } from '../provider';
import type { Provider } from '../provider';
import { VENDORS } from '../vendors';

const { openai, azure, 'openai-compatible': other } = VENDORS;

const KEY = 'ab'.repeat(16);
const sent = ({ api }: { api: Provider }, body: object, promptCacheKey: string | undefined = KEY): unknown => {
  const call = {
    body: { model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...body },
    upstreamModel: 'm',
    stream: false,
    promptCacheKey,
    requestId: 'r',
    baseUrl: 'https://api.openai.com/v1',
  };
  const request = api.translators[CHAT_COMPLETIONS]?.toRequest(call);
  return JSON.parse(String(request?.body)).prompt_cache_key;
};

describe('prompt_cache_key', () => {
  it('is set for OpenAI where the caller has set none', () => {
    expect(sent(openai, {})).toBe(KEY);
    expect(sent(openai, { prompt_cache_key: null })).toBe(KEY);
    expect(sent(openai, { prompt_cache_key: 'own' })).toBe('own');
    expect(sent(azure, {})).toBe(KEY);
  });

  it('is not set for servers that may refuse it', () => {
    expect(sent(other, {})).toBeUndefined();
    expect(sent(other, { prompt_cache_key: 'own' })).toBe('own');
  });

  it('is no part of the cache key', () => {
    expect(chatCompletions.withoutEffect.names.has('prompt_cache_key')).toBe(true);
  });
});
