import OpenAI from 'openai';
import { GEMINI_KEY, GeminiServer } from '../support/gemini/gemini-server';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';

const MODEL = 'gemini-3.5-flash';
/** Dollars per million tokens of {@link MODEL}. */
const [INPUT_USD, OUTPUT_USD] = [1.5, 9];
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
const WEATHER: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

type Message = OpenAI.ChatCompletionMessage & Record<string, any>;

/** An application of OpenAI's SDK asks Gemini's models. */
describe('Gemini', () => {
  let gateway: RunningGateway;
  let gemini: GeminiServer;
  let key: string;
  let openai: OpenAI;

  beforeAll(async () => {
    gemini = await GeminiServer.start();
    gateway = await startGateway({ env: { GEMINI_API_KEY: GEMINI_KEY, GEMINI_BASE_URL: gemini.baseUrl } });
    ({ key } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.stop();
    await gemini.stop();
  });

  const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => ({ role: 'user' as const, content });
  const ask = (content: string, members: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
    openai.chat.completions.create({ model: MODEL, messages: [user(content)], ...members });
  const rowOf = async (requestId: string | null) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data[0];

  it('serves the catalogue’s models under their own names, with the key in a header', async () => {
    const { choices, model, created } = await ask('안녕하세요, 제미나이 🐣');
    expect(choices[0]).toMatchObject({ message: { content: 'echo: 안녕하세요, 제미나이 🐣' }, finish_reason: 'stop' });
    expect(model).toBe(`${MODEL}-001`);
    expect(Math.abs(created - Date.now() / 1000)).toBeLessThan(600);
    expect(gemini.last.headers['x-goog-api-key']).toBe(GEMINI_KEY);
    expect(gemini.last.path).toBe(`/v1beta/models/${MODEL}:generateContent`);
    const models = await gateway.request('GET', '/v1/models', key);
    expect(models.body.data.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining([MODEL, 'gemini-2.5-pro']),
    );
  });

  it('gives out the token of an answer that is only a part, and takes it for the rest', async () => {
    const story = 'a long story [[finish=CONTINUATION]]';
    const [choice] = (await ask(story)).choices;
    expect(choice).toMatchObject({ finish_reason: 'length', native_finish_reason: 'CONTINUATION' });
    const message: Message | undefined = choice?.message;
    const continued = { extra_body: { google: message?.extra_content.google } };
    const [rest] = (await ask(story, continued as object)).choices;
    expect(rest).toMatchObject({ finish_reason: 'stop', message: { content: ` and the rest of ${story}` } });
    const foreign = await ask('another story', continued as object).catch((error: unknown) => error);
    expect(foreign).toMatchObject({ status: 400 });
  });

  it('gives the token of a stream in its last content', async () => {
    const story = 'a streamed story [[finish=CONTINUATION]]';
    const events = await openai.chat.completions.create({ model: MODEL, messages: [user(story)], stream: true });
    const tokens: unknown[] = [];
    for await (const { choices } of events)
      for (const { delta, finish_reason: finish } of choices)
        if ('extra_content' in delta) tokens.push([finish, delta.extra_content]);
    expect(tokens).toEqual([['length', { google: { continuation_token: expect.any(String) } }]]);
  });

  it('embeds: a long list goes out as several requests, with the type and the size that the caller asks for', async () => {
    const before = gemini.calls.length;
    const input = Array.from({ length: 120 }, (_, index) => `문장 ${index}`);
    const body = { model: 'gemini-embedding-001', input, dimensions: 256, input_type: 'query' };
    const answer = await gateway.request('POST', '/v1/embeddings', key, body);
    expect([answer.status, answer.body.data?.length, answer.body.usage?.prompt_tokens]).toEqual([200, 120, 240]);
    expect(answer.body.data.every(({ embedding }: { embedding: number[] }) => embedding.length === 256)).toBe(true);
    const sent = gemini.calls.slice(before).map(({ body: { requests } }) => requests);
    expect(sent.map(({ length }) => length).toSorted()).toEqual([100, 20]);
    expect(sent[0][0]).toMatchObject({ taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 });
    const again = await gateway.request('POST', '/v1/embeddings', key, { ...body, input: input.slice(3, 5) });
    expect(again.headers.get('x-gateway-cached-inputs')).toBe('2/2');
    expect(again.body.data[0].embedding).toEqual(answer.body.data[3].embedding);
  });

  it('streams, and charges what the last usage says', async () => {
    const { data: stream, response } = await openai.chat.completions
      .create({
        model: MODEL,
        messages: [user('stream 하나 둘 셋')],
        stream: true,
        stream_options: { include_usage: true },
      })
      .withResponse();
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('echo: stream 하나 둘 셋');
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 5 });
    const row = await rowOf(response.headers.get('x-request-id'));
    expect(row).toMatchObject({
      provider: 'gemini',
      upstream_model: `${MODEL}-001`,
      state: 'settled',
      estimated: false,
      input_tokens: 4,
      output_tokens: 5,
      cost_usd: usd(4 * INPUT_USD + 5 * OUTPUT_USD),
    });
  });

  it('charges thoughts as output, and serves the second call from the cache', async () => {
    const body = { reasoning_effort: 'low' };
    const [miss, hit] = [await chat('think twice', body), await chat('think twice', body)];
    expect(miss.body.choices[0].message.reasoning_content).toBe('Let me think.');
    expect(miss.body.usage).toMatchObject({
      completion_tokens: 10,
      completion_tokens_details: { reasoning_tokens: 7 },
    });
    expect(miss.headers.get('x-gateway-cost-usd')).toBe(usd(2 * INPUT_USD + 10 * OUTPUT_USD));
    expect([miss, hit].map(({ headers }) => headers.get('x-cache-status'))).toEqual(['MISS', 'HIT']);
    // Encrypted reasoning belongs to the conversation that it was written for.
    expect(hit.body.choices[0].message.reasoning_details).toEqual([miss.body.choices[0].message.reasoning_details[0]]);
    expect(hit.body).toEqual({ ...miss.body, choices: hit.body.choices, cached: true });
  });

  const chat = (content: string, members: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    gateway.chat(key, content, { model: MODEL, ...members }, headers);

  describe.each([
    ['keep what they do not know', (message: Message) => message],
    [
      'drop what they do not know',
      ({ role, content, tool_calls: calls = [] }: Message) => ({
        role,
        content,
        ...(calls.length > 0 && { tool_calls: calls.map(({ extra_content: _extra, ...call }: any) => call) }),
      }),
    ],
  ])('for clients that %s', (_, keep) => {
    it.each(['', '[[parallel]]', '[[no-ids]]', '[[parallel]] [[no-ids]]'])(
      'runs three rounds of tools %s',
      async (marks) => {
        const question = `call tool [[rounds=3]] ${marks} ${keep.toString().length}`;
        const messages: OpenAI.ChatCompletionMessageParam[] = [user(question)];
        for (let round = 1; ; round += 1) {
          const { choices } = await openai.chat.completions.create({
            model: MODEL,
            messages,
            tools: [WEATHER],
            reasoning_effort: 'low',
          });
          const message = choices[0]?.message as Message;
          const calls = message.tool_calls ?? [];
          messages.push(keep(message) as OpenAI.ChatCompletionMessageParam);
          if (calls.length === 0) break;
          expect([round, choices[0]?.finish_reason]).toEqual([round, 'tool_calls']);
          expect(calls).toHaveLength(marks.includes('parallel') ? 2 : 1);
          for (const { id } of calls) messages.push({ role: 'tool', tool_call_id: id, content: `${round}°` });
        }
        expect(messages.at(-1)).toMatchObject({
          content: marks.includes('parallel') ? 'results: 3°, 3°' : 'results: 3°',
        });
        expect(JSON.stringify(gemini.last.body)).not.toContain('call_gw_');
      },
    );
  });

  it('streams tool calls with their signatures to the SDK', async () => {
    const stream = openai.chat.completions.stream({
      model: MODEL,
      messages: [user('call tool [[parallel]] now')],
      tools: [WEATHER],
    });
    const { choices } = await stream.finalChatCompletion();
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(calls.map(({ function: called }: any) => JSON.parse(called.arguments).city)).toEqual(['Paris', '서울']);
    expect(choices[0]?.finish_reason).toBe('tool_calls');
  });

  it('carries reasoning through three rounds of questions', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [];
    for (const question of ['one?', 'two?', 'three?']) {
      messages.push(user(`reasoning ${question}`));
      const { choices } = await openai.chat.completions.create({ model: MODEL, messages, reasoning_effort: 'high' });
      const message = choices[0]?.message as Message;
      expect(message).toMatchObject({ content: `echo: reasoning ${question}`, reasoning_content: 'Let me think.' });
      messages.push(message);
    }
    const turns = gemini.last.body.contents.filter(({ role }: { role: string }) => role === 'model');
    const signatures = turns.map(({ parts }: any) => parts.flatMap(({ thoughtSignature: s }: any) => s ?? []));
    expect(signatures).toEqual([[expect.any(String)], [expect.any(String)]]);
  });

  it('gives structured output by a schema', async () => {
    const schema = {
      type: 'object',
      properties: { kind: { const: 'city' }, size: { type: 'integer' } },
      required: ['kind'],
    };
    const { choices } = await ask('a city', {
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
    });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ kind: 'city', size: 42 });
  });

  it('reads pictures inside a request', async () => {
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'image_url' as const, image_url: { url: PIXEL, detail: 'low' as const } },
    ];
    const { choices } = await ask('', { messages: [user(content)] });
    expect(choices[0]?.message.content).toBe('echo with 1 files: What is it?');
    expect(gemini.last.body.generationConfig).toEqual({ mediaResolution: 'MEDIA_RESOLUTION_LOW' });
  });

  it('reports what it drops, and refuses it where the caller is strict', async () => {
    const members = { model: 'gemini-3.8-flash', temperature: 0.5, user: 'u1' };
    const dropped = await chat('drop it', members);
    expect([dropped.status, dropped.headers.get('x-gateway-dropped-params')]).toEqual([200, 'temperature, user']);
    const strict = await chat('drop it strictly', members, { 'x-gateway-strict': 'true' });
    expect([strict.status, strict.body.error.code]).toEqual([422, 'unsupported_parameter']);
    const lacking = await chat('log it', { logprobs: true });
    expect([lacking.status, lacking.body.error.param]).toEqual([422, 'logprobs']);
    const wrong = await chat('hot', { temperature: 'hot' });
    expect([wrong.status, wrong.body.error.param]).toEqual([400, 'temperature']);
  });

  it('answers what the vendor blocks with a content filter, and stores nothing of it', async () => {
    for (const mark of ['[[block]]', '[[finish=SAFETY]]']) {
      const answers = [await chat(`${mark} bad`), await chat(`${mark} bad`)];
      for (const { status, headers, body } of answers) {
        expect([status, headers.get('x-cache-status')]).toEqual([200, 'MISS']);
        expect(body.choices[0].finish_reason).toBe('content_filter');
      }
    }
  });

  it('gives errors of the vendor in OpenAI’s shape', async () => {
    const malformed = await chat('[[finish=MALFORMED_FUNCTION_CALL]] now');
    expect([malformed.status, malformed.body.error.code]).toEqual([502, 'upstream_error']);
    const row = await rowOf(malformed.headers.get('x-request-id'));
    expect(row).toMatchObject({ status: 502, input_tokens: 2, cost_usd: usd(2 * INPUT_USD + 3 * OUTPUT_USD) });
    const cut = await gateway.request('POST', '/v1/chat/completions', key, {
      model: MODEL,
      messages: [user('[[cut]] a stream')],
      stream: true,
    });
    expect(cut.body).toContain('"error"');
    expect(cut.body).not.toContain('[DONE]');
    // The last one: the deployment then rests for as long as the vendor asks.
    const limited = await chat('[[status=429]] now');
    expect([limited.status, limited.body.error.type]).toEqual([429, 'rate_limit_exceeded']);
    expect(limited.headers.get('retry-after')).toBe('35');
  });
});
