import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { BatchClient } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const MEGABYTE = 1024 * 1024;
const LOOP_DELAY = join(__dirname, '../support/loop-delay.cjs');
/** Far above what a quiet machine needs, 50 ms, and far below the minute of a body that is parsed in one go. */
const MAX_HELD_MS = 3_000;

describe('large request bodies', () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startGateway({ env: { NODE_OPTIONS: `--require ${LOOP_DELAY}` } });
    ({ key } = await gateway.createKey());
  });

  afterAll(() => gateway?.stop());

  const send = (
    path: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: any }> =>
    new Promise((resolve, reject) => {
      const call = httpRequest(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(pieces).toString() || 'null') }),
        );
      });
      call.end(body);
    });

  /** How long the gateway's event loop was held since the last time, in milliseconds. */
  const heldMs = async (): Promise<number> => {
    const before = gateway.output.length;
    process.kill(gateway.pid, 'SIGUSR2');
    const printed = await eventually(() => /loop held for (\d+) ms/.exec(gateway.output.slice(before)) ?? undefined);
    return Number(printed[1]);
  };

  const CHAT = '{"model":"gpt-4.1","messages":[{"role":"user","content":"large"}],"x":';
  const times = (unit: string, megabytes: number) => unit.repeat(Math.floor((megabytes * MEGABYTE) / unit.length));
  const members = (megabytes: number) => {
    const count = Math.floor((megabytes * MEGABYTE) / 14);
    return `{${Array.from({ length: count }, (_, at) => `"k${at + 1e7}":1`).join()}}`;
  };

  it.each<[string, number, () => string]>([
    ['empty arrays', 8, () => `${CHAT}[${times('[],', 8)}1]}`],
    ['empty arrays', 30, () => `${CHAT}[${times('[],', 30)}1]}`],
    ['empty arrays', 62, () => `${CHAT}[${times('[],', 62)}1]}`],
    ['members', 8, () => `${CHAT}${members(8)}}`],
    ['short texts', 30, () => `${CHAT}[${times(`"${'\\n'.repeat(200)}",`, 30)}1]}`],
    ['depth', 30, () => `${CHAT}${times('[', 30)}`],
    ['spaces', 30, () => `${CHAT}${times(' ', 30)}1}`],
  ])('A5: are refused and do not delay other calls: %s, %d MB', async (what, size, bodyOf) => {
    const body = bodyOf();
    await heldMs();
    const { status, body: answer } = await send('/v1/chat/completions', body);
    const held = await heldMs();
    process.stderr.write(`${what}, ${size} MB: held for ${held} ms\n`);
    expect([status, answer.error.type]).toEqual([what === 'depth' ? 400 : 413, 'invalid_request_error']);
    expect(answer.error.message).toMatch(/50,000 members|4 MB besides|deeper than 256/);
    expect(held).toBeLessThan(MAX_HELD_MS);
  });

  it.each(['/admin/teams', '/admin/prices/import'])(
    'A5: are refused by %s before the role is asked for',
    async (path) => {
      await heldMs();
      expect((await send(path, `{"x":[${times('[],', 30)}1]}`)).status).toBe(413);
      expect(await heldMs()).toBeLessThan(MAX_HELD_MS);
    },
  );

  it.each<[string, (size: number) => string]>([
    ['a picture', (size) => `"data:image/png;base64,${times('iVBORw0KGgo', size)}"`],
    ['a picture with escapes', (size) => `"data:image/png;base64,${times('iVBORw0\\/', size)}"`],
    ['a text of escapes', (size) => `"${times('\\n\\"\\u00e9', size)}"`],
    ['a text in Korean', (size) => `"${times('안녕하세요 ', size / 3)}"`],
    ['several texts', (size) => Array.from({ length: 8 }, () => `"${times('text \\n', size / 8)}"`).join()],
  ])('A5: with %s are served, and do not delay other calls', async (what, textsOf) => {
    const largest = what === 'a picture' || what === 'a text of escapes' ? 60 : 20;
    for (const size of [8, largest]) {
      const parts = `[${textsOf(size)}]`;
      const body = `${CHAT}${parts},"y":"${what} ${size}"}`;
      await heldMs();
      const { status, body: answer } = await send('/v1/chat/completions', body);
      const held = await heldMs();
      expect([status, answer.cached]).toEqual([200, false]);
      const sent = gateway.fake.calls.at(-1);
      expect((sent?.body as { x: unknown } | undefined)?.x).toEqual(JSON.parse(parts));
      expect((await send('/v1/chat/completions', body)).body.cached).toBe(true);
      process.stderr.write(`${what}, ${size} MB: held for ${held} ms\n`);
      expect(held).toBeLessThan(MAX_HELD_MS);
    }
  });

  it('A5: with many inputs do not delay other calls by large members besides', async () => {
    const input = Array.from({ length: 2_048 }, (_, at) => `input ${at}`);
    const x = Array.from({ length: 200 }, (_, at) => `${at}${'y'.repeat(15_000)}`);
    await heldMs();
    const { status, body } = await send(
      '/v1/embeddings',
      JSON.stringify({ model: 'text-embedding-3-small', input, x }),
    );
    const held = await heldMs();
    process.stderr.write(`2,048 inputs beside 3 MB: held for ${held} ms\n`);
    // The gateway has looked all inputs up by then.
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('Unrecognized request argument')]);
    expect(held).toBeLessThan(MAX_HELD_MS);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`m${at}`, 1]));
    expect(
      (await send('/v1/embeddings', JSON.stringify({ model: 'text-embedding-3-small', input, ...many }))).status,
    ).toBe(400);
  });

  it('A5: an Idempotency-Key tells large bodies apart', async () => {
    const once = (text: string) =>
      send('/v1/chat/completions', `${CHAT}"${times('x', 1)}${text}"}`, { 'idempotency-key': 'large' });
    expect((await once('a')).status).toBe(200);
    expect((await once('a')).status).toBe(200);
    expect((await once('b')).body.error.code).toBe('idempotency_key_reused');
  });

  const line = (id: number, content: string, model = 'gpt-4.1') =>
    JSON.stringify({ custom_id: `line-${id}`, body: { model, messages: [{ role: 'user', content }] } });

  it('A5: batches of many values are refused, and the process lives', async () => {
    const { pid } = gateway;
    await heldMs();
    for (const body of [`{"requests":[${times('[],', 180)}1]}`, `{"x":${'['.repeat(9)}${times('[],', 180)}1`]) {
      const { status } = await send('/v1/batches', body);
      expect(status).toBe(413);
    }
    expect(await heldMs()).toBeLessThan(MAX_HELD_MS);
    expect([gateway.pid, (await fetch(`${gateway.url}/health/live`)).status]).toEqual([pid, 200]);
  });

  const upload = async (batches: BatchClient, text: string) =>
    (await batches.openai.files.create({ purpose: 'batch', file: new File([text], 'lines.jsonl') })).id;

  it('A5: lines of many values in a file are refused with their numbers, and do not delay other calls', async () => {
    const batches = new BatchClient(gateway, key);
    const many = `{"custom_id":"many","body":{"model":"gpt-4.1","messages":[{"role":"user","content":[${times('[],', 30)}1]}]}}`;
    const file = await upload(batches, `${line(1, 'small')}\n${many}\n`);
    await heldMs();
    const { status, body: answer } = await send('/v1/batches', JSON.stringify({ input_file_id: file }));
    expect([status, answer.error.param]).toEqual([400, 'input_file_id']);
    expect(answer.error.message).toContain('Line 2: has more than');
    expect(await heldMs()).toBeLessThan(MAX_HELD_MS);
  });

  it.each<[string, string]>([
    ['in a list', 'requests'],
    ['in a text', 'input_file_content'],
    ['in a file', 'input_file_id'],
  ])('A5: a large line runs like any other, and so do its equal and its repeat: %s', async (what, member) => {
    const batches = new BatchClient(gateway, key);
    // The database gets it in several pieces, and gives it back in two.
    const text = `data:image/png;base64,${times('iVBORw0KGgo', 5)}`;
    const content = [
      { type: 'text', text: `${what} \u00e9 한글` },
      { type: 'image_url', image_url: { url: text } },
    ];
    const lines = ['a', 'b'].map((id) =>
      JSON.stringify({ custom_id: id, body: { model: 'gpt-4.1', messages: [{ role: 'user', content }] } }),
    );
    const small = line(3, `beside ${what}`);
    const all = [lines[0], small, lines[1]].join('\n');
    const bodies: Record<string, () => Promise<string> | string> = {
      requests: () => `{"completion_window":"1h","requests":[${[lines[0], small, lines[1]].join()}]}`,
      input_file_content: () => JSON.stringify({ completion_window: '1h', input_file_content: all }),
      input_file_id: async () =>
        JSON.stringify({ completion_window: '1h', input_file_id: await upload(batches, `${all}\n`) }),
    };
    const body = (await bodies[member]?.()) ?? '';
    await heldMs();
    const { status, body: quote } = await send('/v1/batches/quote', body);
    expect([status, quote.lines, quote.duplicates]).toEqual([200, 3, 1]);
    gateway.fake.script({ status: 400 }, { prompt: (prompt) => prompt.startsWith(`${what} `), times: 1 });
    const ended = await batches.ended((await send('/v1/batches', body)).body.id);
    process.stderr.write(`large lines ${what}: held for ${await heldMs()} ms\n`);
    expect(ended.request_counts).toEqual({ total: 3, completed: 1, failed: 2 });
    const again = await batches.ended((await send(`/v1/batches/${ended.id}/retry`, '')).body.id);
    expect(again.request_counts).toEqual({ total: 2, completed: 2, failed: 0 });
    const sent = gateway.fake.calls.filter(({ body: of }) => JSON.stringify(of).includes(`"${what} `));
    expect(sent.map(({ body: of }) => (of as { messages: unknown }).messages)).toEqual([
      [{ role: 'user', content }],
      [{ role: 'user', content }],
    ]);
    expect(await heldMs()).toBeLessThan(MAX_HELD_MS);
  });

  it('A5: a batch of many lines in its request is read line by line', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => line(at, '질문'.repeat(100)));
    const bad = [...lines, line(20_000, 'x', 'no-such-model')];
    for (const [member, body] of [
      ['requests', `{"requests":[\n${bad.join(',\n')}\n]}`],
      ['input_file_content', JSON.stringify({ input_file_content: bad.join('\n') })],
    ]) {
      await heldMs();
      const { status, body: answer } = await send('/v1/batches', body ?? '');
      process.stderr.write(`a batch in ${member}: held for ${await heldMs()} ms\n`);
      expect([status, answer.error.param]).toEqual([400, member]);
      expect(answer.error.message).toContain("Line 20001: the model 'no-such-model' is not served here.");
    }
    const good = `{"requests":[${lines.slice(0, 2_000).join(' ,\n ')}]}`;
    const { status, body: batch } = await send('/v1/batches', good);
    expect([status, batch.request_counts.total]).toEqual([200, 2_000]);
    await send(`/v1/batches/${batch.id}/cancel`, '');
  });

  it('A5: a quote takes as many lines as a batch', async () => {
    const lines = Array.from({ length: 9_000 }, (_, at) => line(at, `quoted ${at % 10}`));
    const { status, body } = await send('/v1/batches/quote', `{"requests":[${lines.join(',')}]}`);
    expect([status, body.lines, body.duplicates]).toEqual([200, 9_000, 8_990]);
  });
});
