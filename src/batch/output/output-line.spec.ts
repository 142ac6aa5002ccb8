import { type EndedLine, outputLine } from './output-line';

const line = (members: Partial<EndedLine>): EndedLine => ({
  batchId: 'batch_01K',
  lineNo: 3,
  customId: 'a "b"',
  state: 'done',
  requestId: '01R',
  status: 200,
  result: '{"id":"chatcmpl-1","seed":12345678901234567890}',
  ...members,
});

describe('outputLine', () => {
  it('contains the response unchanged', () => {
    expect(outputLine(line({}))).toBe(
      '{"id":"batch_req_01K_3","custom_id":"a \\"b\\"","response":{"status_code":200,"request_id":"01R",' +
        '"body":{"id":"chatcmpl-1","seed":12345678901234567890}},"error":null}\n',
    );
  });

  it('R26: is one line for every reader of lines', () => {
    const result = '{"text":"a\u2028b\u2029c\u0085d"}';
    const text = outputLine(line({ result, customId: 'x\u2028' }));
    expect(text.slice(0, -1)).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
    const parsed = JSON.parse(text);
    expect([parsed.custom_id, parsed.response.body]).toEqual(['x\u2028', { text: 'a\u2028b\u2029c\u0085d' }]);
  });

  it('keeps the status and the error of a call that failed', () => {
    const failed = line({ state: 'failed', status: 400, result: '{"error":{"message":"no"}}' });
    expect(JSON.parse(outputLine(failed))).toMatchObject({
      response: { status_code: 400, body: { error: { message: 'no' } } },
      error: null,
    });
  });

  it.each([
    ['failed', '{"code":"line_crashed_gateway","message":"m"}', 'line_crashed_gateway'],
    ['expired', null, 'batch_expired'],
    ['cancelled', null, 'batch_cancelled'],
  ] as const)('has no response for a line that is %s without a call', (state, result, code) => {
    const parsed = JSON.parse(outputLine(line({ state, result, status: null, requestId: null })));
    expect(parsed).toMatchObject({ custom_id: 'a "b"', response: null, error: { code, message: expect.any(String) } });
  });
});
