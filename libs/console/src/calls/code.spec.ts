import type { ChatRequest } from '@thriftgate/contracts';
import { codeOf, CODES } from './code';

const request: ChatRequest = {
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: "What's the sky?" }],
  stream: true,
  cache: { 'no-cache': true },
};

describe('the code of a call', () => {
  it.each(CODES)('has the key in the environment: %s', (name) => {
    const code = codeOf(name, request, 'https://llm.example/v1');
    expect(code).toContain('https://llm.example/v1');
    expect(code).not.toContain('sk-');
  });

  it('is quoted for a shell', () => {
    expect(codeOf('curl', request, '')).toContain(String.raw`What'\''s the sky?`);
  });

  it('has the members of the gateway where clients take them', () => {
    const python = codeOf('Python', request, '');
    expect(python).toContain('extra_body={"cache": {"no-cache": True}}');
    expect(python).toContain('stream=True');
    expect(codeOf('TypeScript', request, '')).toContain('// @ts-expect-error');
  });

  it('shows a whole response where it is no stream', () => {
    const { model, messages } = request;
    for (const name of ['Python', 'TypeScript'] as const)
      expect(codeOf(name, { model, messages }, '')).toMatch(/completion\.choices\[0\]\??\.message\.content/);
  });
});
