import { chatCompletions } from './endpoints/chat-completions/chat-completions.endpoint';
import { messages } from './endpoints/messages/messages.endpoint';
import { responses } from './endpoints/responses/responses.endpoint';
import { translatorFor } from './provider';
import type { UpstreamCall } from './translator';
import { ENVIRONMENT_VENDORS, VENDORS, type Vendor, type VendorName, vendorOf } from './vendors';

const CALL: UpstreamCall = {
  body: { model: 'alias', messages: [] },
  upstreamModel: 'real',
  stream: false,
  requestId: 'r1',
  baseUrl: 'https://llm.example/v1',
};

function requestTo(name: VendorName, call: Partial<UpstreamCall> = {}) {
  const request = translatorFor(chatCompletions, VENDORS[name].api)?.toRequest({ ...CALL, ...call });
  if (!request) throw new Error(`${name} has no chat completions`);
  return request;
}

describe('the vendors', () => {
  it('have variables of their own, and names that users can write', () => {
    const variables = ENVIRONMENT_VENDORS.map(({ keyVariable }) => keyVariable);
    expect(new Set(variables).size).toBe(variables.length);
    for (const [name, { baseUrl }] of Object.entries<Vendor>(VENDORS)) {
      expect(name).toMatch(/^[a-z][a-z-]*$/);
      if (baseUrl !== undefined) expect(baseUrl).toMatch(/^https?:\/\/[^?#]*[^/?#]$/);
    }
  });

  it('are found by their names alone', () => {
    expect(vendorOf('groq')).toBe(VENDORS.groq);
    expect([vendorOf('constructor'), vendorOf('simulator'), vendorOf('')]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['openai', 'max_completion_tokens'],
    ['azure', 'max_completion_tokens'],
    ['xai', 'max_completion_tokens'],
    ['groq', 'max_completion_tokens'],
    ['deepseek', 'max_tokens'],
    ['mistral', 'max_tokens'],
    ['openrouter', 'max_tokens'],
    ['vllm', 'max_tokens'],
    ['openai-compatible', 'max_tokens'],
  ] as const)('N5: %s gets the limit that the gateway sets as %s', (name, member) => {
    const request = requestTo(name, { defaultMaxTokens: 500 });
    expect(JSON.parse(String(request.body))).toEqual({ model: 'real', messages: [], [member]: 500 });
  });

  it.each([
    ['openai', { authorization: 'Bearer key-1' }],
    ['ollama', { authorization: 'Bearer key-1' }],
    ['azure', { 'api-key': 'key-1' }],
  ] as const)('%s gets the credential as %j', (name, headers) => {
    const request = requestTo(name);
    const { api } = VENDORS[name];
    expect(api.authorise(request, 'key-1').headers).toEqual({ ...request.headers, ...headers });
    expect(api.authorise(request, undefined)).toEqual(request);
  });

  it.each([
    ['https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    ['https://r.openai.azure.com/openai/v1', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    [
      'https://r.openai.azure.com/openai/v1?api-version=preview',
      'https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview',
    ],
    [
      'https://r.openai.azure.com/openai/?api-version=2025-04-01',
      'https://r.openai.azure.com/openai/deployments/a%2Fb/chat/completions?api-version=2025-04-01',
    ],
    [
      'https://r.openai.azure.com/openai/deployments/d?api-version=2025-04-01',
      'https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-04-01',
    ],
  ])('azure: a deployment under %s is at %s', (baseUrl, url) =>
    expect(requestTo('azure', { baseUrl, upstreamModel: 'a/b' }).url).toBe(url),
  );

  it.each([
    ['https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1/responses'],
    ['https://r.openai.azure.com/openai/v1/', 'https://r.openai.azure.com/openai/v1/responses'],
    [
      'https://r.openai.azure.com/openai/v1?api-version=preview',
      'https://r.openai.azure.com/openai/v1/responses?api-version=preview',
    ],
    [
      'https://r.openai.azure.com/openai/?api-version=2025-04-01',
      'https://r.openai.azure.com/openai/responses?api-version=2025-04-01',
    ],
    [
      'https://r.openai.azure.com/openai/deployments/d?api-version=2025-04-01',
      'https://r.openai.azure.com/openai/responses?api-version=2025-04-01',
    ],
  ])("azure: OpenAI's models of Responses alone under %s are asked at %s", (baseUrl, url) => {
    const upstreamModel = 'gpt-5.3-codex';
    const chat = requestTo('azure', { baseUrl, upstreamModel, body: { messages: [{ role: 'user', content: 'Hi' }] } });
    const own = translatorFor(responses, VENDORS.azure.api)?.toRequest({
      ...CALL,
      baseUrl,
      upstreamModel,
      body: { input: 'Hi' },
    });
    const over = translatorFor(messages, VENDORS.azure.api)?.toRequest({
      ...CALL,
      baseUrl,
      upstreamModel,
      body: { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
    });
    expect([chat.url, own?.url, over?.url]).toEqual([url, url, url]);
    for (const request of [chat, own, over])
      expect(JSON.parse(String(request?.body))).toMatchObject({ model: upstreamModel, store: false });
  });

  it('azure: Responses of other models go over chat completions', () => {
    const request = translatorFor(responses, VENDORS.azure.api)?.toRequest({ ...CALL, body: { input: 'Hi' } });
    expect(JSON.parse(String(request?.body))).toMatchObject({
      model: 'real',
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });
});
