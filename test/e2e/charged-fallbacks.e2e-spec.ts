import { BatchClient, line } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { events, http, type RawAnswer, RawUpstream } from '../support/raw-upstream';

const WASTED = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const USED = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const ANSWER = {
  id: 'c',
  object: 'chat.completion',
  model: 'spare-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'pong' }, finish_reason: 'stop' }],
  usage: USED,
};
const chunk = (choices: object[], members: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'spare-model',
  choices,
  ...members,
});
const STREAM = events(
  chunk([{ index: 0, delta: { role: 'assistant', content: 'pong' }, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage: USED }),
  '[DONE]',
);
const answered: RawAnswer = (socket, call) =>
  call.body.stream ? STREAM(socket, call) : http('200 OK', {}, JSON.stringify(ANSWER))(socket, call);
/** Neither an answer nor an error, with usage: the model has worked for it. */
const unreadable = http('200 OK', {}, JSON.stringify({ object: 'list', usage: WASTED }));
const refusedByFilter = http(
  '200 OK',
  {},
  JSON.stringify({
    error: { message: 'Refused', type: 'invalid_request_error', code: 'content_filter' },
    usage: WASTED,
  }),
);

/** 1,000 tokens at $10 and 100 at $100 per million. */
const FAILED_USD = '0.02';
/** 10 tokens and 5: at the spare model's $1 and $2 per million, or at the prices of the model that both deployments serve. */
const ANSWERED_USD = { fallback: '0.00002', deployments: '0.0006' };
const BOTH_USD = { fallback: '0.02002', deployments: '0.0206' };

const APIS: [string, string, (text: string) => object][] = [
  ['chat', '/v1/chat/completions', (text) => ({ messages: [{ role: 'user', content: text }] })],
  ['messages', '/v1/messages', (text) => ({ max_tokens: 200, messages: [{ role: 'user', content: text }] })],
  ['responses', '/v1/responses', (text) => ({ input: text })],
];

const KINDS = ['fallback', 'deployments'] as const;
/** A model for each story: breakers are of deployments, and each of these fails. */
const MODELS = [
  ...APIS.flatMap(([api]) => KINDS.flatMap((kind) => [`${api}-${kind}-json`, `${api}-${kind}-stream`])),
  ...APIS.map(([api]) => `${api}-fallback-stored`),
  'cut-fallback',
  'batch-fallback',
];
const modelOf = (name: string) => {
  const [own, spare] = [`{ provider: first, model: ${name} }`, '{ provider: spare, model: spare-model, priority: 2 }'];
  return name.includes('-fallback')
    ? `{ deployments: [${own}], fallbacks: [spare-model] }`
    : `{ deployments: [${own}, ${spare}] }`;
};

/** Kind 1: an attempt that was charged brought no answer, and another one is paid for. */
describe('a call that is answered after an attempt that was charged', () => {
  let first: RawUpstream;
  let spare: RawUpstream;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    first = await RawUpstream.start();
    spare = await RawUpstream.start();
    gateway = await startGateway({
      configFile: `
providers:
  first: { type: openai-compatible, base_url: "http://127.0.0.1:${first.port}/v1", api_key: "sk-first-1234567890" }
  spare: { type: openai-compatible, base_url: "http://127.0.0.1:${spare.port}/v1", api_key: "sk-spare-1234567890" }
models:
${MODELS.map((name) => `  ${name}: ${modelOf(name)}`).join('\n')}
  spare-model:
    deployments: [{ provider: spare, model: spare-model }]
prices:
${MODELS.map((name) => `  ${name}: { input_usd_per_mtok: "10", output_usd_per_mtok: "100" }`).join('\n')}
  spare-model: { input_usd_per_mtok: "1", output_usd_per_mtok: "2" }
`,
    });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await first?.stop();
    await spare?.stop();
  });

  const ask = async (path: string, body: object) => {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const rowsOf = async (headers: Headers): Promise<any[]> =>
    (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data;

  const cases = APIS.flatMap(([api, path, bodyOf]) =>
    KINDS.flatMap((kind) =>
      ['json', 'stream'].map((shape) => [`${api}-${kind}-${shape}`, { kind, api, path, bodyOf, shape }] as const),
    ),
  );

  it.each(cases)('kind 1: pays for both: %s', async (model, { kind, api, path, bodyOf, shape }) => {
    const text = `pays for ${model}`;
    const stream = shape === 'stream';
    first.answers.set(text, unreadable);
    spare.answers.set(text, answered);
    const usage = stream && api === 'chat' ? { stream_options: { include_usage: true } } : {};
    const { status, headers, text: body } = await ask(path, { model, stream, ...usage, ...bodyOf(text) });
    expect([status, headers.get('x-gateway-provider'), headers.get('x-gateway-attempts')]).toEqual([200, 'spare', '2']);
    expect(headers.get('x-cache-status')).toBe('MISS');
    const rows = await rowsOf(headers);
    expect(rows.map((row) => [row.attempt, row.provider, row.state, row.status, row.cost_usd, row.estimated])).toEqual([
      [2, 'spare', 'settled', 200, ANSWERED_USD[kind], false],
      [1, 'first', 'settled', 502, FAILED_USD, false],
    ]);
    expect(first.callsOf(text).length + spare.callsOf(text).length).toBe(2);
    const cost = stream ? /"cost_usd":"([\d.]+)"/.exec(body)?.[1] : headers.get('x-gateway-cost-usd');
    const saved = stream ? /"saved_usd":"([\d.]+)"/.exec(body)?.[1] : headers.get('x-gateway-saved-usd');
    expect([cost, saved]).toEqual([BOTH_USD[kind], '0']);
    expect(body).toContain('pong');
  });

  it.each(APIS)(
    'kind 1: pays for the one that failed also where the fallback is stored: %s',
    async (api, path, bodyOf) => {
      const text = `stored ${api}`;
      first.answers.set(text, refusedByFilter);
      spare.answers.set(text, answered);
      expect((await ask(path, { model: 'spare-model', ...bodyOf(text) })).status).toBe(200);
      const { status, headers } = await ask(path, { model: `${api}-fallback-stored`, ...bodyOf(text) });
      expect([status, headers.get('x-cache-status'), headers.get('x-gateway-attempts')]).toEqual([200, 'HIT', '1']);
      const rows = await rowsOf(headers);
      expect(rows.map((row) => [row.attempt, row.cache_status, row.cost_usd])).toEqual([
        [2, 'HIT', '0'],
        [1, 'MISS', FAILED_USD],
      ]);
      expect(headers.get('x-gateway-cost-usd')).toBe(FAILED_USD);
      expect(headers.get('x-gateway-saved-usd')).toBe(ANSWERED_USD.fallback);
    },
  );

  it('kind 1: a stream that was charged before its content goes to no other model', async () => {
    first.answers.set('cut stream', events(chunk([], { usage: WASTED })));
    const body = { stream: true, messages: [{ role: 'user', content: 'cut stream' }] };
    const { status, headers } = await ask('/v1/chat/completions', { model: 'cut-fallback', ...body });
    expect([status, headers.get('x-should-retry')]).toEqual([502, 'false']);
    const rows = await rowsOf(headers);
    expect(rows.map((row) => [row.attempt, row.provider, row.cost_usd])).toEqual([[1, 'first', FAILED_USD]]);
    expect(spare.callsOf('cut stream')).toEqual([]);
  });

  it('kind 1: a batch has the costs of lines that failed, and of failures before their answers', async () => {
    for (const [text, spares] of [
      ['a line that is answered', answered],
      ['a line that fails', unreadable],
    ] as const) {
      first.answers.set(text, unreadable);
      spare.answers.set(text, spares);
    }
    const requests = ['a line that is answered', 'a line that fails'].map((text) =>
      line(text, text, { model: 'batch-fallback' }),
    );
    const batches = new BatchClient(gateway, key);
    const batch = await batches.ended((await batches.create({ requests })).id);
    expect(batch.request_counts).toMatchObject({ completed: 1, failed: 1 });
    const { data } = (await gateway.admin('GET', `/admin/requests?batch_id=${batch.id}`)).body;
    const costs = data.map((row: any) => Number(row.cost_usd)).reduce((sum: number, each: number) => sum + each, 0);
    expect(Number(batch.gateway.cost_usd)).toBeCloseTo(costs, 9);
    // The spare one charges 1,000 tokens at $1 and 100 at $2 per million for what cannot be read.
    expect(batch.gateway.cost_usd).toBe('0.04122');
  });
});
