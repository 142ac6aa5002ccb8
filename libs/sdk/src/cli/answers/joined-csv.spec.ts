import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../terminal/exit-codes';
import { MESSAGES } from '../text/language';
import { AnswerIndex } from './answer-index';
import { answerOf } from './answer-text';
import { joinedCsv, type JoinOptions } from './joined-csv';

const completion = (content: unknown) => ({ status_code: 200, body: { choices: [{ message: { content } }] } });
const answered = (custom_id: string, content: string) => ({ custom_id, response: completion(content), error: null });

describe('answerOf', () => {
  it.each<[string, object, string]>([
    ['a chat completion', { choices: [{ message: { content: 'Hi' } }] }, 'Hi'],
    ['tool calls', { choices: [{ message: { content: null, tool_calls: [{ id: 'a' }] } }] }, '[{"id":"a"}]'],
    ['a refusal', { choices: [{ message: { content: null, refusal: 'No.' } }] }, 'No.'],
    [
      'a response',
      { output: [{ type: 'reasoning' }, { content: [{ type: 'output_text', text: 'Hi' }, { text: '!' }] }] },
      'Hi!',
    ],
    ['a message', { content: [{ type: 'thinking' }, { type: 'text', text: 'Hi' }] }, 'Hi'],
    ['an embedding', { data: [{ embedding: [0.5, 1] }] }, '[0.5,1]'],
    ['another answer', { id: 7 }, '{"id":7}'],
  ])('is the text of %s', (_, body, answer) => {
    expect(answerOf({ response: { status_code: 200, body }, error: null })).toEqual({ answer, error: '' });
  });

  it('is the reason where there is no response', () => {
    const refused = { status_code: 400, body: { error: { message: 'Bad.', code: 'invalid_request' } } };
    expect(answerOf({ response: refused, error: null }).error).toBe('invalid_request: Bad.');
    const expired = { code: 'batch_expired', message: 'Too late.' };
    expect(answerOf({ response: null, error: expired })).toEqual({ answer: '', error: 'batch_expired: Too late.' });
    expect(answerOf({ response: { status_code: 500, body: {} }, error: null }).error).toBe('HTTP 500');
  });
});

describe('joinedCsv', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cli-join-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Joins result lines, in two files, to the rows of a CSV. */
  async function joined(csv: string, files: object[][], options: Partial<JoinOptions> = {}) {
    const file = join(folder, 'in.csv');
    writeFileSync(file, csv);
    const index = new AnswerIndex();
    for (const [at, lines] of files.entries()) {
      const path = join(folder, `${at}.jsonl`);
      writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await index.add(path);
    }
    const counts = { rows: 0, withoutLine: 0 };
    let text = '';
    const given = { file, column: 'answer', ...options };
    for await (const piece of joinedCsv(given, index, counts, MESSAGES.en)) text += piece;
    await index.close();
    return { text, counts };
  }

  it('adds answers and errors to their rows, in the order of the rows', async () => {
    const failed = { custom_id: 'b', response: null, error: { code: 'batch_expired', message: 'Late.' } };
    const results = [[answered('c', 'third'), answered('a', 'first, "quoted"\nand more')], [failed]];
    const { text, counts } = await joined('\ufeffid,x\r\na,1\r\n"b","2,5"\r\nc,3\r\nd,4\r\n', results, {
      idColumn: 'id',
    });
    expect(text).toBe(
      '\ufeffid,x,answer,answer_error\na,1,"first, ""quoted""\nand more",\nb,"2,5",,batch_expired: Late.\nc,3,third,\nd,4,,\n',
    );
    expect(counts).toEqual({ rows: 4, withoutLine: 1 });
  });

  it('knows rows without a column of ids by their number, and large answers', async () => {
    const large = '한'.repeat(300_000);
    const { text } = await joined('x\n1\n2\n', [[answered('line-000002', large), answered('line-000001', 'one')]]);
    expect(text).toBe(`x,answer,answer_error\n1,one,\n2,${large},\n`);
  });

  it('makes formulas harmless and leaves numbers', async () => {
    const results = [
      [answered('line-000001', '=HYPERLINK("x")'), answered('line-000002', '-5.5'), answered('line-000003', '- a')],
    ];
    const { text } = await joined('x\n-1\n2\n3\n', results);
    expect(text).toBe(`x,answer,answer_error\n-1,"'=HYPERLINK(""x"")",\n2,-5.5,\n3,'- a,\n`);
  });

  it('refuses a column that is there already, or is not there', async () => {
    await expect(joined('answer\n1\n', [])).rejects.toThrow(MESSAGES.en.usage.columnTaken('answer'));
    await expect(joined('x\n1\n', [], { idColumn: 'id' })).rejects.toBeInstanceOf(UsageError);
  });
});
