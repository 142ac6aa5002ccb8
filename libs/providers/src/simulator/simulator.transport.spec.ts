import type { JsonRecord } from '../json-record';
import { openAiChat } from '../openai/openai';
import type { StreamChunk } from '../translator';
import { SseReader } from '../transport/sse-reader';
import { SimulatorTransport } from './simulator.transport';

const simulator = new SimulatorTransport({ now: () => 1_763_990_400_999 });
const chatBody: JsonRecord = { model: 'any-model', messages: [{ role: 'user', content: 'What is the tallest hill?' }] };

function request(body: JsonRecord, stream = false) {
  const target = { requestId: 'r', baseUrl: 'http://simulator/v1' };
  return openAiChat.toRequest({ body, stream, upstreamModel: String(body.model), ...target });
}

async function send(body: JsonRecord) {
  const result = openAiChat.fromReply(await (await simulator.send(request(body))).readAll());
  if (result.kind !== 'response') throw new Error(result.kind);
  const { body: bytes, facts } = result.reply;
  return { completion: JSON.parse(bytes.toString()), facts };
}

async function sendStream(body: JsonRecord) {
  const response = await simulator.send(request(body, true));
  const reader = new SseReader();
  const decoder = openAiChat.openStream();
  const chunks: StreamChunk[] = [];
  for await (const bytes of response.body) {
    for (const item of reader.push(bytes)) if (item.kind === 'event') chunks.push(...decoder.push(item));
  }
  return { response, chunks, decoder };
}

describe('SimulatorTransport', () => {
  it('names itself and quotes the prompt', async () => {
    const { completion, facts } = await send(chatBody);
    expect(completion.choices[0].message.content).toMatch(/simulator.*"What is the tallest hill\?"/);
    expect(completion).toMatchObject({
      created: 1_763_990_400,
      model: 'any-model',
      system_fingerprint: 'fp_simulator',
    });
    expect(facts).toMatchObject({ upstreamModel: 'any-model', finishReasons: ['stop'], usage: { inputTokens: 10 } });
    expect(facts.usage?.outputTokens).toBeGreaterThan(30);
  });

  it('returns equal responses for equal requests, and streams the same text', async () => {
    const { completion } = await send(chatBody);
    expect((await send(chatBody)).completion).toEqual(completion);
    const { decoder, chunks, response } = await sendStream(chatBody);
    expect(response.headers['content-type']).toContain('text/event-stream');
    expect(chunks.slice(-3).map(({ kind }) => kind)).toEqual(['content', 'usage', 'done']);
    expect(chunks[0]?.kind).toBe('lifecycle');
    expect(chunks.length).toBeGreaterThan(8);
    const { id: _id, ...streamed } = JSON.parse(decoder.assemble().body.toString());
    expect(completion).toMatchObject(streamed);
    expect(decoder.ended).toBe(true);
  });

  it('applies n and the token limits', async () => {
    const { completion, facts } = await send({ ...chatBody, n: 3, max_tokens: 5 });
    expect(completion.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    expect(facts).toMatchObject({ finishReasons: ['length', 'length', 'length'], usage: { outputTokens: 15 } });
    expect((await send({ ...chatBody, max_completion_tokens: 1_000 })).facts.finishReasons).toEqual(['stop']);
  });

  it('sends usage in a stream only on request', async () => {
    const chatRequest = request(chatBody, true);
    const response = await simulator.send({ ...chatRequest, body: JSON.stringify({ ...chatBody, stream: true }) });
    expect((await response.readAll()).toString()).not.toContain('"usage"');
  });

  it('reads the texts of content parts', async () => {
    const content = [
      { type: 'text', text: 'Look: ' },
      { type: 'image_url', image_url: { url: 'data:' } },
    ];
    const { completion } = await send({ model: 'm', messages: [{ role: 'user', content }] });
    expect(completion.choices[0].message.content).toContain('"Look: ');
  });

  it.each([
    ['', null],
    ['{"messages":[]}', 'model'],
    ['{"model":"m"}', 'messages'],
    ['{"model":"m","messages":[]}', 'messages'],
    ['{"model":"m","messages":["hi"]}', 'messages[0]'],
    ['{"model":"m","messages":[{"role":"user","content":"x"}],"n":0}', 'n'],
    ['{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5}', 'max_tokens'],
  ])('refuses %j as OpenAI does', async (body, param) => {
    const response = await simulator.send({ ...request(chatBody), body });
    const error = JSON.parse((await response.readAll()).toString());
    expect(response.status).toBe(400);
    expect(error).toMatchObject({ error: { type: 'invalid_request_error', param, message: expect.any(String) } });
  });

  it('supports chat completions and embeddings only', async () => {
    expect((await simulator.send({ ...request(chatBody), url: 'http://simulator/v1/images' })).status).toBe(404);
  });

  it('waits for its latency, except after the caller cancels', async () => {
    const slow = new SimulatorTransport({ latencyMs: 60_000 });
    const controller = new AbortController();
    const sending = slow.send(request(chatBody), { signal: controller.signal });
    controller.abort();
    await expect(sending).rejects.toMatchObject({ kind: 'aborted', sent: false });
  });

  const WEATHER = {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { enum: ['서울'] } } } },
  };
  const about = (content: string, members: JsonRecord = {}) => ({
    model: 'm',
    messages: [{ role: 'user', content }],
    ...members,
  });

  it.each([
    ['its name is in the prompt', about('Use weather.', { tools: [WEATHER] })],
    ['it must', about('Go.', { tools: [WEATHER], tool_choice: 'required' })],
    [
      'it is named',
      about('Go.', { tools: [WEATHER], tool_choice: { type: 'function', function: { name: 'weather' } } }),
    ],
  ])('calls a tool where %s, and takes its result', async (_, body) => {
    const { completion, facts } = await send(body);
    const [call] = completion.choices[0].message.tool_calls;
    expect([call.function.name, JSON.parse(call.function.arguments)]).toEqual(['weather', { city: '서울' }]);
    expect(facts).toMatchObject({ hasToolCalls: true, finishReasons: ['tool_calls'] });
    expect(facts.usage?.outputTokens).toBeGreaterThan(5);
    const { decoder } = await sendStream(body);
    expect(JSON.parse(decoder.assemble().body.toString()).choices[0].message.tool_calls).toMatchObject([
      { function: call.function },
    ]);
    const result = { role: 'tool', tool_call_id: call.id, content: '맑음' };
    const { completion: next } = await send({
      ...body,
      messages: [...body.messages, completion.choices[0].message, result],
    });
    expect(next.choices[0].message.content).toContain('The tools gave: "맑음"');
    expect((await send({ ...body, tool_choice: 'none' })).completion.choices[0].message).not.toHaveProperty(
      'tool_calls',
    );
  });

  it('reasons, counts it, and answers by a schema or with the text that it is given', async () => {
    const { completion, facts } = await send(about('Think.', { reasoning_effort: 'low' }));
    expect(completion.choices[0].message.reasoning_content).toContain('"Think."');
    expect(facts.usage?.reasoningTokens).toBeGreaterThan(5);
    const schema = {
      type: 'object',
      properties: { kind: { $ref: '#/$defs/kind' }, sizes: { type: 'array', items: { type: 'integer', minimum: 3 } } },
      $defs: { kind: { anyOf: [{ const: 'city' }, { type: 'null' }] } },
    };
    const format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const { completion: structured } = await send(about('As JSON.', { response_format: format }));
    expect(JSON.parse(structured.choices[0].message.content)).toEqual({ kind: 'city', sizes: [3] });
    const { completion: given } = await send(about('Say it.', { mock_response: '내 대답' }));
    expect(given.choices[0].message.content).toBe('내 대답');
  });

  const behaving = (words: string, body: JsonRecord = chatBody, stream = false) => {
    const plain = request(body, stream);
    return { ...plain, headers: { ...plain.headers, 'x-simulate': words } };
  };

  it('fails as its deployment or the request says', async () => {
    const limited = await simulator.send(behaving('status=429 retry_after=7'));
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '7']);
    expect(JSON.parse((await limited.readAll()).toString())).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect((await simulator.send(request({ ...chatBody, mock_status: 503 }))).status).toBe(503);
    const failing = async (index: number) =>
      (await simulator.send(behaving('failure_rate=0.3', about(`${index}`)))).status;
    const statuses = await Promise.all(Array.from({ length: 300 }, (_, index) => failing(index)));
    const failed = statuses.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(60);
    expect(failed).toBeLessThan(120);
    expect(await Promise.all(Array.from({ length: 300 }, (_, index) => failing(index)))).toEqual(statuses);
  });

  it('breaks a stream off, and hangs up to the time-out', async () => {
    const cut = await simulator.send(behaving('cut_after=3 gap_ms=1', chatBody, true));
    let text = '';
    const reading = (async () => {
      for await (const bytes of cut.body) text += Buffer.from(bytes).toString();
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'reset', sent: true });
    expect(text.match(/^data: /gm)).toHaveLength(3);
    const hanging = simulator.send(request({ ...chatBody, mock_timeout: true }), {
      timeouts: { firstByteTimeoutMs: 20 },
    });
    await expect(hanging).rejects.toMatchObject({ kind: 'first_byte_timeout', sent: true });
  });

  it.each([
    ['latencyms=3', {}, /no word 'latencyms'/],
    ['latency_ms=soon', {}, /latency_ms/],
    ['', { mock_status: 200 }, /from 400 to 599/],
    ['', { mock_delay: 'long' }, /mock_delay/],
  ])('names what is wrong in %j %j', async (words, members, message) => {
    const response = await simulator.send(behaving(words, { ...chatBody, ...members }));
    expect(response.status).toBe(400);
    expect((await response.readAll()).toString()).toMatch(message);
  });
});
