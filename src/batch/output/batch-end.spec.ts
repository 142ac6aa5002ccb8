import type { EndedLine } from './output-line';
import { LineEnds } from './batch-end';

const line = (lineNo: number, members: Partial<EndedLine>): EndedLine => ({
  batchId: 'batch_1',
  lineNo,
  customId: `line ${lineNo}`,
  state: 'failed',
  requestId: null,
  status: null,
  result: null,
  ...members,
});
const notCalled = (lineNo: number, code: string) => line(lineNo, { result: JSON.stringify({ code, message: 'no' }) });
const endOf = (lines: EndedLine[], status: 'finalizing' | 'cancelling' = 'finalizing') => {
  const ends = new LineEnds();
  for (const each of lines) ends.add(each);
  return ends.endOf(status);
};

describe('the end of a batch', () => {
  it('is failed where no line could be called, with each code once', () => {
    const lines = [notCalled(1, 'invalid_api_key'), notCalled(2, 'invalid_api_key'), notCalled(3, 'other')];
    expect(endOf(lines)).toEqual({
      status: 'failed',
      errors: [
        { code: 'invalid_api_key', message: 'no', line: 1, param: null },
        { code: 'other', message: 'no', line: 3, param: null },
      ],
    });
  });

  it.each([
    ['a line has an answer', line(2, { state: 'done', status: 200 }), 'completed'],
    ['the vendor refused a line', line(2, { status: 400 }), 'completed'],
    ['a line expired', line(2, { state: 'expired' }), 'expired'],
  ])('is not failed where %s', (_title, other, status) => {
    for (const lines of [
      [notCalled(1, 'invalid_api_key'), other],
      [other, notCalled(1, 'invalid_api_key')],
    ])
      expect(endOf(lines)).toEqual({ status, errors: null });
  });

  it('is cancelled after a cancellation', () => {
    expect(endOf([notCalled(1, 'invalid_api_key')], 'cancelling')).toEqual({ status: 'cancelled', errors: null });
  });
});
