import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine } from '../support/command-line';
import { freePort } from '../support/free-port';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const MODEL = ['--model', 'gpt-4.1', '--window', '1h'];

const bodyOf = ({ body }: { body?: unknown }) => JSON.stringify(body) ?? '';

/** A user runs batches from the terminal, and scripts do. */
describe('the command line', () => {
  let gateway: RunningGateway;
  let folder: string;
  let key: string;
  let thriftgate: CommandLine;

  beforeAll(async () => {
    gateway = await sharedGateway();
    folder = mkdtempSync(join(tmpdir(), 'command-line-'));
    ({ key } = await gateway.createKey());
    thriftgate = new CommandLine(folder, { THRIFTGATE_API_KEY: key, THRIFTGATE_BASE_URL: gateway.url });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await gateway.stop();
  });

  const write = (name: string, ...lines: unknown[]) =>
    writeFileSync(
      join(folder, name),
      lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    );
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const linesOf = (name: string) =>
    read(name)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const get = async (path: string) => (await gateway.request('GET', path, key)).body;
  const uploads = async () => (await get('/v1/files?purpose=batch')).data.length as number;
  const asked = (prompt: string) => gateway.fake.calls.filter((call) => bodyOf(call).includes(prompt)).length;

  it('submits a file, waits, and writes results and errors', async () => {
    const line = { custom_id: 'b', body: { messages: [{ role: 'user', content: 'cli: one' }] } };
    write('in.jsonl', '"cli: one"', '', { prompt: 'cli: two', system: 'Short.' }, line, {
      prompt: 'cli: [[status=400]]',
    });
    const { code, stdout, stderr } = await thriftgate.run(
      'batch',
      'submit',
      'in.jsonl',
      ...MODEL,
      '--wait',
      '-o',
      'out.jsonl',
      '--errors',
      'err.jsonl',
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [batch] = (await get('/v1/batches?limit=1')).data;
    expect(batch).toMatchObject({ completion_window: '1h', request_counts: { total: 4, completed: 3, failed: 1 } });
    expect(linesOf('out.jsonl').map(({ custom_id: id }) => id)).toEqual(['line-000001', 'line-000003', 'b']);
    expect(linesOf('err.jsonl').map(({ custom_id: id }) => id)).toEqual(['line-000005']);
    for (const text of [
      'Quote\n',
      'duplicates     1\n',
      batch.id,
      `cost           $${batch.gateway.cost_usd}`,
      'line-000005: ',
      `batch retry ${batch.id}`,
    ])
      expect(stdout).toContain(text);
    expect(asked('cli: one')).toBe(1);

    const retried = await thriftgate.run('batch', 'retry', batch.id, '--wait', '--errors', 'again.jsonl', '--json');
    expect(retried.code).toBe(1);
    expect(JSON.parse(retried.stdout)).toMatchObject({
      batch: { request_counts: { total: 1, completed: 0, failed: 1 } },
      output: null,
      errors: 'again.jsonl',
    });
  });

  it('rides the vendor’s batch API by default, with metadata, from standard input', async () => {
    const args = [
      'batch',
      'submit',
      '-',
      '--model',
      'gpt-4.1',
      '--metadata',
      'job=night',
      '--metadata',
      'a=b=c',
      '--wait',
      '--json',
    ];
    const { code, stdout, stderr } = await thriftgate.start(args, '"cli: native 1"\n"cli: native 2"\n').result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      quote: { object: 'batch.quote', lines: 2 },
      batch: { status: 'completed', completion_window: '24h', metadata: { job: 'night', a: 'b=c' } },
      output: null,
      errors: null,
    });
    expect(gateway.fake.batchLines.length).toBeGreaterThanOrEqual(2);
  });

  it('makes prompts of the rows of a CSV, and adds the answers to them', async () => {
    writeFileSync(
      join(folder, 'in.csv'),
      '\ufeffid,text,lang\r\na,"cli: hello, ""you""",ko\r\nb,"cli: two\nlines",ja\r\n',
    );
    const template = ['--template', 'To {{lang}}: {{text}}', '--id-column', 'id', '--max-tokens', '50'];
    const submit = ['batch', 'submit', 'in.csv', ...MODEL, ...template, '--wait', '-o', 'out.csv'];
    const submitted = await thriftgate.run(...submit);
    expect({ code: submitted.code, stderr: submitted.stderr }).toEqual({ code: 0, stderr: '' });
    const rows = read('out.csv');
    expect(rows).toMatch(
      /^\ufeffid,text,lang,answer,answer_error\na,"cli: hello, ""you""",ko,.*To ko: cli: hello[^]*\nb,"cli: two\nlines",ja,/,
    );
    const sent = gateway.fake.calls.find((call) => bodyOf(call).includes('To ja: cli: two'));
    expect(sent?.body).toMatchObject({ max_completion_tokens: 50 });
    const [{ id }] = (await get('/v1/batches?limit=1')).data;
    const printed = await thriftgate.run('batch', 'results', id, '--csv', 'in.csv', '--id-column', 'id');
    expect(printed).toEqual({ code: 0, stdout: rows, stderr: '' });
    const wrong = await thriftgate.run('batch', 'results', id, '--csv', 'in.csv', '-o', 'wrong.csv');
    expect([wrong.code, readdirSync(folder).includes('wrong.csv')]).toEqual([2, false]);
    expect(wrong.stderr).toContain('--id-column');
  });

  it('prints results to standard output, and as one document', async () => {
    const [{ id }] = (await get('/v1/batches?limit=1')).data;
    const plain = await thriftgate.run('batch', 'results', id);
    expect(
      plain.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).custom_id),
    ).toEqual(['a', 'b']);
    const document = JSON.parse((await thriftgate.run('batch', 'results', id, '--json')).stdout);
    expect(document).toMatchObject({ batch: { id }, results: [{ custom_id: 'a' }, { custom_id: 'b' }], errors: [] });
  });

  it('quotes a file, and spends and keeps nothing', async () => {
    write('quote.jsonl', '"cli: quoted"', '"cli: quoted"');
    const before = await uploads();
    const { code, stdout } = await thriftgate.run('batch', 'quote', 'quote.jsonl', '--model', 'gpt-4.1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      quote: { lines: 2, duplicates: 1, models: [{ model: 'gpt-4.1' }, {}] },
    });
    const human = await thriftgate.run('batch', 'submit', 'quote.jsonl', '--model', 'gpt-4.1', '--quote-only');
    expect(human.stdout).toContain('expected cost');
    expect([await uploads(), asked('cli: quoted')]).toEqual([before, 0]);
  });

  it('names wrong lines before anything is sent', async () => {
    write('bad.jsonl', '"fine"', 'oops', '', { messages: [], stream: true });
    // Nothing listens there: whatever is sent fails with another exit code.
    const nowhere = thriftgate.with({ THRIFTGATE_BASE_URL: `http://127.0.0.1:${await freePort()}` });
    const { code, stdout, stderr } = await nowhere.run('batch', 'submit', 'bad.jsonl', ...MODEL);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      "  line 2: is not valid JSON\n  line 4: 'stream' cannot be true in a batch\nNothing was sent.",
    );
    const scripted = await nowhere.run('batch', 'submit', 'bad.jsonl', ...MODEL, '--json');
    expect(JSON.parse(scripted.stdout)).toMatchObject({
      error: { code: 'invalid_input', count: 2, faults: [{ line: 2 }, { line: 4 }] },
    });
  });

  it('names lines that the gateway refuses by the numbers of the file', async () => {
    write('refused.jsonl', '', { prompt: 'x', model: 'gpt-none' }, '"y"', '', { messages: 7 });
    const before = await uploads();
    const { code, stderr } = await thriftgate.run('batch', 'submit', 'refused.jsonl', ...MODEL);
    expect(code).toBe(2);
    expect(stderr).toContain("  line 2: the model 'gpt-none' is not served here\n  line 5: ");
    expect(stderr).toContain('No line was started.');
    expect(await uploads()).toBe(before);
  });

  it('shows, lists and cancels a batch', async () => {
    write('slow.jsonl', ...Array.from({ length: 400 }, (_, at) => `"cli: [[delay=2000]] slow ${at}"`));
    const started = JSON.parse((await thriftgate.run('batch', 'submit', 'slow.jsonl', ...MODEL, '--json')).stdout);
    const { id } = started.batch;
    const running = await thriftgate.run('batch', 'status', id);
    expect([running.code, running.stdout]).toEqual([0, expect.stringContaining('in progress')]);
    expect((await thriftgate.run('batch', 'results', id)).code).toBe(2);
    const cancelled = await thriftgate.run('batch', 'cancel', id, '--wait');
    expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringMatching(/status +cancelled/)]);
    expect((await thriftgate.run('batch', 'status', id)).code).toBe(1);
    const listed = await thriftgate.run('batch', 'list', '--limit', '1');
    expect(listed.stdout).toMatch(new RegExp(`${id} +cancelled`));
    expect(listed.stdout).toContain(`--after ${id}`);
    expect((await thriftgate.run('batch', 'cancel', id)).code).toBe(3);
  });

  it('reports usage, savings, models and the key', async () => {
    const usage = await thriftgate.run('usage', '--group-by', 'model,day', '--timezone', 'Asia/Seoul');
    expect(usage.stdout).toMatch(/model +day +calls[^]*gpt-4\.1 +\d{4}-\d\d-\d\d[^]*total/);
    const report = JSON.parse((await thriftgate.run('usage', '--json')).stdout);
    expect(report.total).toEqual((await get('/v1/usage?group_by=model')).total);
    expect((await thriftgate.run('savings')).stdout).toContain(`$${report.total.saved_usd}`);
    expect((await thriftgate.run('savings', '--group-by', 'team')).code).toBe(2);
    const admin = await thriftgate.run('savings', '--group-by', 'team', '--json', '--api-key', gateway.adminKey);
    expect(JSON.parse(admin.stdout).total.saved_by).toHaveProperty('cache');
    expect((await thriftgate.run('models')).stdout).toMatch(/^gpt-4\.1 +openai/m);
    expect((await thriftgate.run('key')).stdout).toMatch(/role +member/);
    expect((await thriftgate.run('usage', '--group-by', 'colour')).code).toBe(3);
  });

  it('speaks Korean where the locale does, in faults too', async () => {
    const korean = thriftgate.with({ LANG: 'ko_KR.UTF-8' });
    const quoted = await korean.run('batch', 'quote', 'quote.jsonl', '--model', 'gpt-4.1');
    expect(quoted.stdout).toMatch(/^견적\n[^]*정가[^]*예상 비용[^]*절감액/);
    expect((await korean.run('batch', 'submit', 'bad.jsonl', ...MODEL)).stderr).toContain(
      '2번째 줄: 올바른 JSON이 아닙니다',
    );
    expect((await korean.run('batch', 'sbmit')).stderr).toBe('없는 명령입니다: sbmit. --help를 참고하세요.\n');
    expect((await korean.run('key', '--api-key', 'sk-tg-wrong')).stderr).toContain('API 키가 올바르지 않습니다');
    const help = await korean.run('batch', 'submit', '--help');
    expect([help.code, help.stdout]).toEqual([
      0,
      expect.stringMatching(/^사용법: thriftgate batch submit \[옵션\] <file>/),
    ]);
    expect((await korean.run('key', '--lang', 'en')).stdout).toContain('role');
  });

  it.each([
    [['batch', 'submit'], 'The argument <file> is missing'],
    [['batch', 'submit', 'none.jsonl'], 'The file none.jsonl does not exist'],
    [['batch', 'submit', 'in.jsonl', '--window', '25h'], "'25h' is no value of --window: from 1h to 24h"],
    [['batch', 'submit', 'in.jsonl', '-o', 'out.jsonl'], '-o and --errors need --wait'],
    [['batch', 'submit', 'in.jsonl', '--wait', '-o', 'no/out.jsonl'], 'no/out.jsonl cannot be written'],
    [['batch', 'submit', 'in.jsonl', '--wait', '-o', 'out.csv'], 'needs a CSV file as input'],
    [['batch', 'submit', 'in.jsonl', '--template', 'x'], '--template is for CSV inputs'],
    [
      ['batch', 'submit', 'in.csv', '--model', 'm', '--template', '{{none}}'],
      "has no column 'none'. Its columns: id, text, lang",
    ],
    [['batch'], 'A command is missing'],
    [['usage', '--limt', '3'], "There is no option '--limt'"],
  ])('refuses %j', async (args, text) => {
    const { code, stdout, stderr } = await thriftgate.run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });
});
