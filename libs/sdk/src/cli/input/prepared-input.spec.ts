import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputFaults, UsageError } from '../terminal/exit-codes';
import { MESSAGES } from '../text/language';
import { type InputSource, prepareInput } from './prepared-input';

const messages = MESSAGES.en.input;
const hello = (content: string) => [{ role: 'user', content }];

describe('prepareInput', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cli-input-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Prepares a file of this content. @returns its lines, and the lines that they come from */
  async function prepare(content: string | Uint8Array, options: Partial<InputSource> = {}) {
    const file = join(folder, options.format === 'csv' ? 'in.csv' : 'in.jsonl');
    writeFileSync(file, content);
    const source = { file, format: 'jsonl' as const, endpoint: '/v1/chat/completions', model: 'gpt-4.1', ...options };
    const input = await prepareInput(source, MESSAGES.en, new AbortController().signal, () => undefined);
    const text = readFileSync(input.path, 'utf8');
    expect([input.bytes, statSync(dirname(input.path)).mode & 0o77]).toEqual([Buffer.byteLength(text), 0]);
    await input.remove();
    expect(existsSync(input.path)).toBe(false);
    return {
      text,
      lines: text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      origins: input.origins,
    };
  }
  const faultsOf = async (content: string | Uint8Array, options: Partial<InputSource> = {}) => {
    const error: unknown = await prepare(content, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputFaults);
    return (error as InputFaults).faults.map(({ line, message }) => [line, message]);
  };

  it('makes lines of all forms of JSONL, and counts blank lines', async () => {
    const { lines, origins } = await prepare('\ufeff"one"\r\n\n{"prompt":"two"}\n{"custom_id":"c","messages":[]}');
    expect(lines.map(({ custom_id: id }) => id)).toEqual(['line-000001', 'line-000003', 'c']);
    expect(lines[1].body).toEqual({ messages: hello('two'), model: 'gpt-4.1' });
    expect(origins).toEqual([1, 3, 4]);
  });

  it('keeps every digit of numbers', async () => {
    const { text } = await prepare(
      '{"custom_id":"a","body":{"model":"m","messages":[],"seed":9223372036854775807,"x":1.0}}',
    );
    expect(text).toContain('"seed":9223372036854775807');
  });

  it('names every wrong line with its number', async () => {
    expect(await faultsOf('"fine"\noops\n\n{}\n{"custom_id":"line-000001","prompt":"twice"}\n')).toEqual([
      [2, messages.notJson],
      [4, messages.notALine],
      [5, messages.sameId('line-000001', 1)],
    ]);
    expect(await faultsOf('\n \n')).toEqual([[1, messages.empty]]);
  });

  it('counts all faults and names a hundred', async () => {
    const error: unknown = await prepare('oops\n'.repeat(250)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ count: 250, faults: { length: 100 } });
  });

  it('refuses more lines than a batch may have', async () => {
    expect(await faultsOf('"a"\n'.repeat(50_001))).toEqual([[50_001, messages.tooMany(50_000)]]);
  });

  it('makes lines of CSV rows: quotes, line ends in fields, a byte order mark', async () => {
    const csv = '\ufeffid,text,lang\r\n1,"a ""b"", c",en\r\n2,"first\nsecond",한국어\r\n\r\n3,plain,ja\n';
    const { lines, origins } = await prepare(csv, {
      format: 'csv',
      template: 'To {{ lang }}: {{text}}',
      system: 'Write {{lang}}.',
      idColumn: 'id',
    });
    expect(
      lines.map(({ custom_id: id, body }) => [id, body.messages.map(({ content }: { content: string }) => content)]),
    ).toEqual([
      ['1', ['Write en.', 'To en: a "b", c']],
      ['2', ['Write 한국어.', 'To 한국어: first\nsecond']],
      ['3', ['Write ja.', 'To ja: plain']],
    ]);
    expect(origins).toEqual([2, 4, 6]);
  });

  it('takes the column prompt, and numbers rows', async () => {
    const { lines } = await prepare('prompt\none\ntwo\n', { format: 'csv' });
    expect(lines.map(({ custom_id: id }) => id)).toEqual(['line-000001', 'line-000002']);
  });

  it('names wrong rows, and where it cannot read on', async () => {
    const csv = { format: 'csv' as const, template: '{{a}}', idColumn: 'b' };
    expect(await faultsOf('a,b\n1,x\n2\n ,y\n3,x\n', csv)).toEqual([
      [3, messages.columns(1, 2)],
      [4, messages.noPrompt],
      [5, messages.sameId('x', 2)],
    ]);
    expect(await faultsOf('a,b\n1,x\n"open,y\n3,z\n', csv)).toEqual([[expect.any(Number), messages.badQuote]]);
    expect(await faultsOf('a,a\n1,2\n', csv)).toEqual([[1, messages.sameColumn('a')]]);
  });

  it('names a column that is not there', async () => {
    const columns = ['a', 'b'];
    const prepared = (options: Partial<InputSource>) => prepare('a,b\n1,2\n', { format: 'csv', ...options });
    const { usage } = MESSAGES.en;
    await expect(prepared({ template: '{{c}}' })).rejects.toThrow(usage.noColumn('c', columns));
    await expect(prepared({ template: '{{a}}', idColumn: 'd' })).rejects.toThrow(usage.noColumn('d', columns));
    await expect(prepared({})).rejects.toThrow(usage.noTemplate);
    await expect(prepared({ template: '{{c}}' })).rejects.toBeInstanceOf(UsageError);
  });

  it('refuses CP949 and UTF-16 with a hint, at their line', async () => {
    const csv = { format: 'csv' as const, template: '{{text}}' };
    const cp949 = Buffer.concat([
      Buffer.from('text\nfine\n'),
      Buffer.from([0xc7, 0xd1, 0xb1, 0xdb]),
      Buffer.from('\n'),
    ]);
    expect(await faultsOf(cp949, csv)).toEqual([[3, messages.cp949('in.csv')]]);
    expect(await faultsOf(Buffer.from('\ufefftext\nx\n', 'utf16le'), csv)).toEqual([[1, messages.utf16('in.csv')]]);
    expect(await faultsOf(Buffer.from([0x22, 0xff, 0x22]))).toEqual([[1, messages.notUtf8]]);
    expect(await faultsOf(Buffer.from([0x22, 0xed, 0x95]))).toEqual([[1, messages.notUtf8]]);
  });

  it('says that a file is not there', async () => {
    const source = { file: join(folder, 'none'), format: 'jsonl' as const, endpoint: '/v1/chat/completions' };
    const prepared = prepareInput(source, MESSAGES.en, new AbortController().signal, () => undefined);
    await expect(prepared).rejects.toThrow(MESSAGES.en.usage.noFile(source.file));
  });
});
