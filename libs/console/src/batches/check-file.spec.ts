import { checkCsv, type CheckProgress, csvHeader } from './check-file';

const template = { model: 'gpt-4.1', system: '', prompt: 'Translate {{text}}', idColumn: 'id' };
const csv = (text: string) => new File([text], 'rows.csv', { type: 'text/csv' });
const options = (onProgress: (progress: CheckProgress) => void = () => {}) => ({
  endpoint: '/v1/chat/completions' as const,
  signal: new AbortController().signal,
  onProgress,
});

describe('the check of a CSV file', () => {
  it('makes a line of each row, without the byte order mark of the header', async () => {
    const progress: number[] = [];
    const file = csv('\ufeffid,text\r\na,One\r\nb,"Two, ""2"""\r\n');
    const { report, lines } = await checkCsv(
      file,
      template,
      options(({ share }) => progress.push(share)),
    );
    expect(report).toMatchObject({ lines: 2, faultCount: 0, models: { 'gpt-4.1': 2 } });
    const written = (await lines.text()).trimEnd().split('\n');
    expect(written.map((line) => JSON.parse(line))).toMatchObject([
      { custom_id: 'a', body: { messages: [{ content: 'Translate One' }] } },
      { custom_id: 'b', body: { messages: [{ content: 'Translate Two, "2"' }] } },
    ]);
    expect(progress.at(-1)).toBe(1);
    expect(await csvHeader(file)).toEqual(['id', 'text']);
  });

  it('names columns that are missing, and the line of the file on which an id comes again', async () => {
    const { report } = await checkCsv(csv('id\na\n"a"\n'), template, options());
    expect(report.faults).toEqual([
      { line: 1, reason: 'columns', value: 'text' },
      { line: 3, reason: 'idTwice', value: '2' },
    ]);
  });

  it('ends without a result once it is stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(checkCsv(csv('id,text\na,b'), template, { ...options(), signal: stop.signal })).rejects.toThrow();
  });
});
