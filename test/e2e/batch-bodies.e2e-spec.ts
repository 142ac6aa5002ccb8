import { BatchBodies } from '../support/batch-bodies';
import { BatchClient, line } from '../support/batch-client';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const MEGABYTE = 1024 * 1024;
/** Longer than what is parsed in memory. */
const LONG = 'long enough '.repeat(8_000);

describe('large bodies with the lines of a batch', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;
  let bodies: BatchBodies;

  beforeAll(async () => {
    gateway = await sharedGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
    bodies = new BatchBodies(gateway, batches.key);
  });

  afterEach(() => bodies.untilOpen(0));
  afterAll(() => gateway?.stop());

  const contentOf = async (fileId: string): Promise<string> => (await batches.openai.files.content(fileId)).text();

  /** How many input files and batches a key has. */
  const stored = async ({ openai }: BatchClient): Promise<number[]> => {
    const [files, made] = [await openai.files.list({ purpose: 'batch' }), await openai.batches.list()];
    return [files.data.length, made.data.length];
  };

  const EXACT = `{"custom_id":"exact" ,\n "body":{"model":"gpt-4.1","9":1,"1":2,"seed":9223372036854775807,"messages":[{"role":"user","content":"\\ud83d\\ude00 \\u00e9 ${LONG}"}]}}`;
  const OTHER = JSON.stringify(line('other', 'in one line, 한글 😀'));
  const MEMBERS = [
    '"metadata":{"a":"b"}',
    '"completion_window":"2h"',
    '"gateway":{"escalate":true}',
    '"x":[1,{"y":[]}]',
  ];

  it.each<[string, string]>([
    ['requests', `[ ${EXACT} ,\r\n${OTHER}]`],
    ['input_file_content', JSON.stringify(`${EXACT.replaceAll('\n', ' ')}\n${OTHER}\n`)],
  ])('R25: have their members before and after the lines, whose bytes are kept: %s', async (member, value) => {
    for (const at of [0, 2, MEMBERS.length]) {
      const body = `{${MEMBERS.toSpliced(at, 0, `"${member}":${value}`).join(',\n')}}`;
      const { status, body: batch } = await bodies.send(body);
      expect({ ...batch, status }).toMatchObject({
        status: 200,
        metadata: { a: 'b' },
        completion_window: '2h',
        request_counts: { total: 2 },
      });
      const [first, second] = (await contentOf(batch.input_file_id)).split('\n');
      expect([first?.trim(), second]).toEqual([EXACT.replaceAll('\n', ' '), OTHER]);
      await bodies.cancel(batch.id);
    }
  });

  it('R25: are the same whichever bytes come together', async () => {
    const text = `${JSON.stringify(line('a', `한글 😀 ${'"\\\n'.repeat(100)}`))}\n`;
    const escaped = Array.from(
      text.slice(0, 200),
      (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
    );
    const json = `"${escaped.join('')}${JSON.stringify(text.slice(200) + `${' '.repeat(64 * 1024)}\n`).slice(1)}`;
    const body = Buffer.from(`{"input_file_content":${json},"completion_window":"1h"}`);
    const socket = bodies.begin(Buffer.alloc(0), body.length).setNoDelay(true);
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    // What is left to the kernel comes together all the same: the beginning is what matters.
    for (let at = 0; at < 4_000; at += 1) {
      socket.write(body.subarray(at, at + 1));
      if (at % 20 === 0) await new Promise(setImmediate);
    }
    socket.write(body.subarray(4_000));
    const answer = await answered;
    socket.destroy();
    expect(answer).toContain('200 OK');
    const { input_file_id: fileId, id } = JSON.parse(/\{"id".*\}/.exec(answer)?.[0] ?? '{}') as Record<string, string>;
    expect(await contentOf(fileId ?? '')).toBe(JSON.parse(json));
    await bodies.cancel(id ?? '');
  });

  it('R25: keep surrogate pairs of escapes, and have U+FFFD for half of one', async () => {
    const text = (content: string) =>
      `{\\"custom_id\\":\\"a\\",\\"body\\":{\\"model\\":\\"gpt-4.1\\",\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"${content}\\"}]}}`;
    const many = '\\ud83d\\ude00'.repeat(20_000);
    const { status, body } = await bodies.send(`{"input_file_content":"${text(`${many}\\ud83d \\ude00`)}"}`);
    expect(status).toBe(200);
    expect(await contentOf(body.input_file_id)).toContain(`"content":"${'😀'.repeat(20_000)}\ufffd \ufffd"`);
    await bodies.cancel(body.id);
  });

  const longLines = ['a', 'b', 'c'].map((id) => line(id, `never asked ${LONG}`));
  const jsonl = JSON.stringify(longLines.map((each) => JSON.stringify(each)).join('\n'));
  const list = JSON.stringify(longLines);
  const invalidBytes = (json: string) => {
    const [before, after] = json.split('enough', 2);
    return Buffer.concat([
      Buffer.from(before ?? ''),
      Buffer.from([0xb9, 0xe8]),
      Buffer.from(after ?? ''),
      Buffer.from(json.slice(100)),
    ]);
  };

  it.each<[string, string | Buffer, Record<string, unknown>]>([
    ['a wrong window after the list', `{"requests":${list},"completion_window":"25h"}`, { param: 'completion_window' }],
    [
      'a wrong window after the text',
      `{"input_file_content":${jsonl},"completion_window":"25h"}`,
      { param: 'completion_window' },
    ],
    ['wrong metadata after the list', `{"requests":${list},"metadata":{"a":"${LONG}"}}`, { param: 'metadata.a' }],
    ['both', `{"requests":${list},"input_file_content":${jsonl}}`, { param: 'requests' }],
    ['a text as requests', `{"requests":${jsonl}}`, { param: 'requests' }],
    ['an object as requests', `{"requests":{"a":${list}}}`, { param: 'requests' }],
    ['a list as content', `{"input_file_content":${list}}`, { param: 'input_file_content' }],
    ['an object as content', `{"input_file_content":{"pieces":${jsonl}}}`, { param: 'input_file_content' }],
    ['bytes that are no UTF-8 in the list', invalidBytes(`{"requests":${list}}`), { code: 'invalid_json' }],
    ['bytes that are no UTF-8 in the text', invalidBytes(`{"input_file_content":${jsonl}}`), { code: 'invalid_json' }],
    [
      'a wrong escape',
      `{"input_file_content":${jsonl.replace('enough', '\\\\x')}}`.replace('\\\\x', '\\x'),
      { code: 'invalid_json' },
    ],
    ['a control character', `{"input_file_content":"${LONG}\n"}`, { code: 'invalid_json' }],
    ['a line end in a text of a line', `{"requests":${list.replace('never', 'never\n')}}`, { param: 'requests.0' }],
    [
      'nothing between two lines',
      `{"requests":[${longLines.map((each) => JSON.stringify(each)).join(',,')}]}`,
      { param: 'requests.1' },
    ],
    ['nothing after the last comma', `{"requests":${list.slice(0, -1)},]}`, { param: 'requests.3' }],
    ['no end', `{"requests":${list}`, { code: 'invalid_json' }],
    ['no end of the list', `{"requests":${list.slice(0, -1)}`, { code: 'invalid_json' }],
    ['two bodies', `{"requests":${list}}{}`, { code: 'invalid_json' }],
    ['a body that is a list', list, {}],
    ['a change of prototypes', `{"__proto__":{},"requests":${list}}`, { code: 'invalid_json' }],
    ['depth', `{"requests":${list},"x":${'['.repeat(257)}${']'.repeat(257)}}`, { code: 'invalid_request' }],
  ])('R25: are refused, and nothing is stored: %s', async (_what, body, error) => {
    const client = new BatchClient(gateway, (await gateway.createKey()).key);
    const { status, body: answer } = await bodies.send(body, { key: client.key });
    expect({ status, ...answer.error }).toMatchObject({ status: 400, ...error });
    expect(await stored(client)).toEqual([0, 0]);
    expect(gateway.fake.calls.filter((call) => String(JSON.stringify(call.body)).includes('never asked'))).toEqual([]);
  });

  it('R25: name the bad lines of both forms alike', async () => {
    const bad = (broken: string) => [
      OTHER,
      EXACT.replaceAll('\n', ' '),
      broken,
      OTHER,
      JSON.stringify(line('m', 'x', { model: 'none' })),
    ];
    for (const [member, body] of [
      // A list is cut at its commas and brackets: an object without its end has the next one in it.
      ['requests', `{"requests":[${bad('"custom_id" 1').join(',\n')}]}`],
      ['input_file_content', JSON.stringify({ input_file_content: bad('{"custom_id":').join('\n') })],
    ]) {
      const { status, body: answer } = await bodies.send(body ?? '');
      expect([status, answer.error.param]).toEqual([400, member]);
      for (const number of [3, 4, 5]) expect(answer.error.message).toContain(`Line ${number}:`);
      for (const number of [1, 2]) expect(answer.error.message).not.toContain(`Line ${number}:`);
    }
  });

  it('R25: are the last of members that come twice', async () => {
    const { status, body } = await bodies.send(
      `{"requests":${list},"requests":[${OTHER}],"completion_window":"x","completion_window":"1h"}`,
    );
    expect([status, body.request_counts.total]).toEqual([200, 1]);
    expect(await contentOf(body.input_file_id)).toBe(`${OTHER}\n`);
    await bodies.cancel(body.id);
  });

  it('R25: have at most so many lines', async () => {
    const [list2, text] = [`[${'1,'.repeat(50_000)}1]`, JSON.stringify('1\n'.repeat(50_001))];
    expect((await bodies.send(`{"requests":${list2}}`)).body.error).toMatchObject({
      param: 'requests',
      message: 'A batch may have at most 50,000 lines.',
    });
    const { status, body } = await bodies.send(`{"input_file_content":${text}}`);
    expect([status, body.error.param]).toEqual([400, 'input_file_content']);
    expect(body.error.message).toContain('49901 more lines are invalid');
  });

  it('R25: of a length over the limit are refused before they are read', async () => {
    const { status, headers, body } = await bodies.send(Buffer.alloc(1_000, ' '), {
      headers: { 'content-length': 421 * MEGABYTE },
    });
    expect([status, body.error.message]).toEqual([413, 'The request body is too large: at most 420 MB.']);
    expect(headers.connection).toBe('close');
  });

  it('R25: are told apart by an Idempotency-Key', async () => {
    const once = (body: string) => bodies.send(body, { headers: { 'idempotency-key': 'large-batch' } });
    const [first, again, other] = [
      await once(`{"requests":${list}}`),
      await once(`{"requests":${list}}`),
      await once(`{"requests":${list} }`),
    ];
    expect([first.status, again.status, again.body.id]).toEqual([200, 200, first.body.id]);
    expect(other.body.error.code).toBe('idempotency_key_reused');
    await bodies.cancel(first.body.id);
  });

  it('R25: come in chunks too, and in the body of a quote and of an administrator', async () => {
    const chunked = { 'transfer-encoding': 'chunked' };
    const quote = await bodies.send(`{"requests":${list}}`, { path: '/v1/batches/quote', headers: chunked });
    expect([quote.status, quote.body.lines]).toEqual([200, 3]);
    const { teamId } = await gateway.createKey();
    const admin = { path: '/admin/batches', key: gateway.adminKey };
    const made = await bodies.send(`{"input_file_content":${jsonl},"team_id":"${teamId}"}`, admin);
    expect([made.status, made.body.team_id]).toEqual([200, teamId]);
    await bodies.send('', { ...admin, path: `/admin/batches/${made.body.id}/cancel` });
  });
});
