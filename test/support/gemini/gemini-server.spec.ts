import { GEMINI_KEY, GeminiServer } from './gemini-server';

type Json = Record<string, any>;

const HI = { role: 'user', parts: [{ text: 'Hi' }] };
const call = (rest: Json = {}) => ({ role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, ...rest }] });
const result = (name = 'f') => ({ role: 'user', parts: [{ functionResponse: { name, response: { output: '1' } } }] });

describe('the stand-in of Gemini', () => {
  let server: GeminiServer;
  beforeAll(async () => void (server = await GeminiServer.start()));
  afterAll(() => server.stop());

  const post = async (body: Json, model = 'gemini-3.5-flash', query = '', key = GEMINI_KEY) => {
    const url = `${server.baseUrl}/v1beta/models/${model}:generateContent${query}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-goog-api-key': key },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };

  const embed = async (requests: Json[], model = 'gemini-embedding-001') => {
    const url = `${server.baseUrl}/v1beta/models/${model}:batchEmbedContents`;
    const headers = { 'x-goog-api-key': GEMINI_KEY };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ requests }) });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const text = (words: string, more: Json = {}) => ({ content: { parts: [{ text: words }] }, ...more });

  it('embeds: equal texts have equal vectors, and the words are counted', async () => {
    const named = { model: 'models/gemini-embedding-001', outputDimensionality: 768 };
    const { status, body } = await embed([text('two words', named), text('two words', named), text('other', named)]);
    expect([status, body.usageMetadata]).toEqual([200, { promptTokenCount: 5 }]);
    const [first, second, third] = body.embeddings.map(({ values }: Json) => values);
    expect([first.length, second]).toEqual([768, first]);
    expect(third).not.toEqual(first);
  });

  it.each<[string, Json[]]>([
    ['no requests', []],
    ['more than a hundred', Array.from({ length: 101 }, () => text('a'))],
    ['an unknown member', [text('a', { dimensions: 768 })]],
    ['an unknown part', [{ content: { parts: [{ text: 'a', cache: 1 }] } }]],
    ['an empty text', [text('')]],
    ['another task', [text('a', { taskType: 'search_query' })]],
    ['a title without its task', [text('a', { title: 't' })]],
    ['a size that it lacks', [text('a', { outputDimensionality: 4 })]],
    ['another model in a request', [text('a', { model: 'models/other' })]],
  ])('refuses to embed %s', async (_, requests) => {
    const { status, body } = await embed(requests);
    expect([status, body.error?.code]).toEqual([400, 400]);
  });

  it('has no embeddings of a model for chat', async () =>
    expect((await embed([text('a')], 'gemini-3.5-flash')).status).toBe(404));

  it.each<[string, Json, string]>([
    ['an unknown member', { contents: [HI], messages: [] }, 'gemini-3.5-flash'],
    [
      'an unknown member of a part',
      { contents: [{ role: 'user', parts: [{ text: 'a', cache: 1 }] }] },
      'gemini-3.5-flash',
    ],
    ['no contents', { contents: [] }, 'gemini-3.5-flash'],
    ['empty parts', { contents: [{ role: 'user', parts: [] }] }, 'gemini-3.5-flash'],
    ['an empty text', { contents: [{ role: 'user', parts: [{ text: '' }] }] }, 'gemini-3.5-flash'],
    ['a role of OpenAI', { contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, 'gemini-3.5-flash'],
    ['a call without signature in an open turn', { contents: [HI, call(), result()] }, 'gemini-3.5-flash'],
    ['a changed signature', { contents: [HI, call({ thoughtSignature: 'eA==' }), result()] }, 'gemini-3.5-flash'],
    ['a result of another function', { contents: [HI, call(), result('g')] }, 'gemini-2.5-flash'],
    ['a call without result', { contents: [HI, call(), HI] }, 'gemini-2.5-flash'],
    [
      'level and budget',
      { contents: [HI], generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } } },
      'gemini-3.5-flash',
    ],
    ['sampling', { contents: [HI], generationConfig: { temperature: 1 } }, 'gemini-3.8-flash'],
    ['several candidates', { contents: [HI], generationConfig: { candidateCount: 2 } }, 'gemini-3.5-flash'],
  ])('refuses %s', async (_, body, model) => {
    const { status, body: answer } = await post(body, model);
    expect([status, answer.error?.status]).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('takes a call without signature in a closed turn, and with the mark of a lost one', async () => {
    expect((await post({ contents: [HI, call(), result(), HI] })).status).toBe(200);
    const marked = call({ thoughtSignature: 'skip_thought_signature_validator' });
    expect((await post({ contents: [HI, marked, result()] })).status).toBe(200);
  });

  it('refuses a key in the URL and a wrong key', async () => {
    expect((await post({ contents: [HI] }, 'gemini-3.5-flash', '?key=abc')).status).toBe(400);
    const wrong = await post({ contents: [HI] }, 'gemini-3.5-flash', '', 'other');
    expect(wrong.body.error.details[0].reason).toBe('API_KEY_INVALID');
  });

  it('answers equal requests equally, and logs them', async () => {
    const [one, two] = [await post({ contents: [HI] }), await post({ contents: [HI] })];
    expect(one.body.candidates).toEqual(two.body.candidates);
    expect(server.last).toMatchObject({ status: 200, body: { contents: [HI] }, usage: { promptTokenCount: 1 } });
  });
});
