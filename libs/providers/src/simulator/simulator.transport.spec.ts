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
});
