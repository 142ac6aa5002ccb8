import { connect } from 'node:net';
import OpenAI from 'openai';
import { type RunningGateway, startGateway } from '../support/gateway';

const TEXT = '캐시는 같은 질문에 두 번 돈을 내지 않게 합니다. 👩‍👩‍👧‍👦 The second is free. '.repeat(5).trim();
const TOOLS = [{ type: 'function' as const, function: { name: 'look_up', parameters: {} } }];
const CONFIG = `
models:
  keeper: { deployments: [{ provider: openai, model: gpt-4.1 }], cache: { store_tool_calls: true } }
  slow: { deployments: [{ provider: openai, model: gpt-4.1 }], cache: { replay_tokens_per_second: 2 } }
`;

/** Stored responses are sent as streams, and streams are stored as responses. */
describe('the replay of stored responses', () => {
  let gateway: RunningGateway;
  let key: string;
  let openai: OpenAI;
  let question = 0;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: CONFIG });
    ({ key } = await gateway.createKey());
    openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    gateway.fake.script({ text: TEXT }, { prompt: 'a long answer' });
  });
  afterAll(() => gateway.stop());

  const fresh = (about = 'a long answer') => `${about} ${(question += 1)}`;
  const bodyOf = (content: string, members: object = {}) => ({
    model: 'keeper',
    messages: [{ role: 'user' as const, content }],
    ...members,
  });
  const openStream = (body: ReturnType<typeof bodyOf>, options: object = {}) =>
    openai.chat.completions.create({ ...body, stream: true }, options);
  /** The content of a response, without id and time. Streams omit empty annotations. */
  const meaning = ({ created: _created, cached: _cached, x_fake: _fake, ...said }: any) =>
    JSON.parse(JSON.stringify(said, (name, value) => (/^(id|annotations|parsed.*)$/.test(name) ? undefined : value)));

  const cases: [string, string, object][] = [
    ['a text', 'a long answer', {}],
    ['several choices', 'a long answer', { n: 3 }],
    ['logprobs', 'a long answer', { logprobs: true }],
    ['tool calls', 'call tools with 인자', { tools: [...TOOLS, { type: 'function', function: { name: 'other' } }] }],
  ];

  it.each(cases)('is the same response in the official SDK: %s', async (_, about, members) => {
    const text = fresh(about);
    const whole = await openai.chat.completions.create(bodyOf(text, members));
    const hit: any = await openai.chat.completions.create(bodyOf(text, members));
    expect(hit).toEqual({ ...whole, cached: true });
    const stream = openai.chat.completions.stream(
      bodyOf(text, { ...members, stream_options: { include_usage: true } }),
    );
    let chunks = 0;
    stream.on('chunk', () => (chunks += 1));
    const { usage, ...said }: any = await stream.finalChatCompletion();
    const { gateway: cost, ...counted } = usage;
    expect(meaning({ ...said, usage: counted })).toEqual(meaning(whole));
    expect(said.id).toBe(hit.id);
    expect(cost).toMatchObject({ cost_usd: '0', cache_status: 'HIT' });
    expect(chunks).toBeGreaterThan(4);
  });

  it.each(cases)('returns streams as JSON responses: %s', async (_, about, members) => {
    const text = fresh(about);
    const stream = openai.chat.completions.stream(bodyOf(text, members));
    await stream.finalChatCompletion();
    const { data: hit, response } = await openai.chat.completions.create(bodyOf(text, members)).withResponse();
    expect(response.headers.get('x-cache-status')).toBe('HIT');
    const asked = await openai.chat.completions.create(bodyOf(text, { ...members, use_cache: false }));
    expect(meaning(hit)).toEqual(meaning(asked));
  });

  it('is a chunked event stream, without usage unless the request asks for it', async () => {
    const text = fresh();
    await gateway.chat(key, text, { model: 'keeper' });
    const raw = await exchange(gateway, key, bodyOf(text, { stream: true }));
    const [head = '', ...rest] = raw.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    for (const line of [
      'content-type: text/event-stream; charset=utf-8',
      'transfer-encoding: chunked',
      'x-cache-status: hit',
    ])
      expect(head.toLowerCase().split('\r\n')).toContain(line);
    const events = unchunked(Buffer.from(rest.join('\r\n\r\n'), 'latin1'))
      .toString('utf8')
      .split('\n\n');
    expect(events.splice(-2)).toEqual(['data: [DONE]', '']);
    const chunks = events.map((event) => {
      expect(event).toMatch(/^data: \{[^\n\r]*\}$/);
      return JSON.parse(event.slice('data: '.length));
    });
    const deltas = chunks.map(({ choices }) => choices[0].delta);
    expect(deltas[0]).toMatchObject({ role: 'assistant', content: '' });
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(TEXT);
    expect(chunks.map(({ choices }) => choices[0].finish_reason)).toEqual([
      ...Array(chunks.length - 1).fill(null),
      'stop',
    ]);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('returns a megabyte unchanged', async () => {
    const long = 'lorem ipsum 한국어 '.repeat(50_000);
    gateway.fake.script({ text: long }, { prompt: 'a megabyte' });
    const text = fresh('a megabyte');
    await gateway.chat(key, text, { model: 'keeper' });
    let read = '';
    let longest = 0;
    for await (const { choices } of await openStream(bodyOf(text))) {
      const piece = choices[0]?.delta.content ?? '';
      longest = Math.max(longest, piece.length);
      read += piece;
    }
    expect(read).toBe(long);
    expect(longest).toBeLessThan(4_096);
  });

  describe('at a limited speed', () => {
    /** 300 tokens: more than two minutes at the model's speed, longer than any test waits. */
    const stored = async () => {
      const text = fresh('[[words=300]]');
      await gateway.chat(key, text, { model: 'slow' });
      return bodyOf(text, { model: 'slow' });
    };

    it('sends the response in pieces, and other models’ responses at once', async () => {
      const body = await stored();
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of await openStream(body)) if (chunks.push(chunk) === 4) break;
      expect(chunks.every(({ choices }) => (choices[0]?.delta.content ?? '').length <= 7)).toBe(true);
      const whole = await gateway.chat(key, body.messages[0]!.content, { model: 'slow' });
      expect(whole.headers.get('x-cache-status')).toBe('HIT');
    });

    it('sends the rest at once when the gateway ends', async () => {
      const body = await stored();
      const stream = await openStream(body);
      let text = '';
      let finish: string | null | undefined;
      let ending: Promise<number | null> | undefined;
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? '';
        finish = choices[0]?.finish_reason ?? finish;
        ending ??= gateway.terminate();
      }
      expect([text.split(' ').length, finish]).toEqual([300, 'stop']);
      expect(await ending).toBe(0);
      await gateway.start();
    });
  });
});

/** One exchange on a new socket. @returns everything that the gateway sent, one character per byte */
async function exchange({ url }: RunningGateway, key: string, body: object): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(body));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const head = ['POST /v1/chat/completions HTTP/1.1', 'Host: x', `Authorization: Bearer ${key}`, 'Connection: close'];
  head.push('Content-Type: application/json', `Content-Length: ${bytes.length}`, '', '');
  socket.write(Buffer.concat([Buffer.from(head.join('\r\n')), bytes]));
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) {
    text += piece;
    if (text.endsWith('\r\n0\r\n\r\n')) break;
  }
  return text;
}

/** The body of a chunked transfer. @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    expect(bytes.toString('latin1', lineEnd + 2 + size, lineEnd + 4 + size)).toBe('\r\n');
    at = lineEnd + 4 + size;
  }
}
