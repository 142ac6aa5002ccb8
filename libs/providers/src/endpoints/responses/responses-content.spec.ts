import { responsesContent, turnIds, writtenText } from './responses-content';
import { responsesRenderer } from './responses-renderer';
import { withoutSignatures } from './signatures';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const read = (body: Buffer) => JSON.parse(body.toString());

describe('the content of a request', () => {
  it('has the texts that the model reads, and its attachments', () => {
    const content = [
      { type: 'input_text', text: 'look' },
      { type: 'input_image', image_url: 'data:12345' },
      { type: 'input_file', file_data: '1234567' },
    ];
    const { texts, attachments } = responsesContent({
      instructions: 'Be brief.',
      input: [
        { role: 'user', content },
        { type: 'reasoning', encrypted_content: 'secret' },
      ],
      tools: [{ name: 'f' }],
    });
    expect(texts[0]).toBe('Be brief.');
    expect(texts[1]).toContain('look');
    expect(texts.join()).not.toContain('secret');
    expect(texts.at(-1)).toBe('[{"name":"f"}]');
    expect(attachments).toMatchObject({ count: 2, bytes: 17 });
    expect(responsesContent({ input: 'Hi' }).texts).toEqual(['Hi']);
  });

  it('has the first call of each turn', () => {
    const call = (id: string) => ({ type: 'function_call', call_id: id });
    const output = { type: 'function_call_output' };
    const input = [{ role: 'user' }, { type: 'reasoning' }, call('a'), call('b'), output, output, call('c'), output];
    expect(turnIds({ input })).toEqual(['a', 'c']);
    expect(turnIds({ input: 'Hi' })).toEqual([]);
  });
});

describe('a response', () => {
  const reasoning = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'think' }], encrypted_content: 'x' };
  const message = { type: 'message', content: [{ text: 'said' }, { refusal: 'no' }] };
  const call = { type: 'function_call', name: 'f', arguments: '{"a":1}' };

  it('has the text that the model wrote', () => {
    expect(writtenText(bytes({ output: [reasoning, message, call] }))).toBe('think\nsaid\nno\nf\n{"a":1}');
    expect(writtenText(bytes([]))).toBe('');
  });

  it('is stored without encrypted reasoning', () => {
    const empty = { type: 'reasoning', summary: [], encrypted_content: 'y' };
    const stored = read(withoutSignatures(bytes({ id: 'r', output: [reasoning, empty, message] })));
    expect(stored).toEqual({ id: 'r', output: [{ type: 'reasoning', summary: reasoning.summary }, message] });
    const plain = bytes({ output: [message] });
    expect(withoutSignatures(plain)).toBe(plain);
  });

  it('says nothing of its first caller to others', () => {
    const body = bytes({ id: 'r', metadata: { job: 'a' }, user: 'u', safety_identifier: 's', prompt_cache_key: 'k' });
    const none = { metadata: {}, user: null, safety_identifier: null, prompt_cache_key: null };
    expect(read(responsesRenderer.json(body, true))).toEqual({ id: 'r', ...none, cached: true });
    expect(read(responsesRenderer.json(body, false))).toMatchObject({ metadata: { job: 'a' }, cached: false });
  });
});

describe('the events of a stream', () => {
  const gateway = { cost_usd: '0.1', saved_usd: '0', cache_status: 'MISS' };

  it('have names, and the last one the cost', () => {
    expect(responsesRenderer.chunk({ event: 'response.created', data: '{}' })).toBe(
      'event: response.created\ndata: {}\n\n',
    );
    const last = { type: 'response.completed', response: { usage: { input_tokens: 1 } } };
    const usage = { input_tokens: 1, gateway };
    expect(responsesRenderer.end(JSON.stringify(last), gateway)).toBe(
      `event: response.completed\ndata: ${JSON.stringify({ ...last, response: { usage } })}\n\n`,
    );
    expect(
      responsesRenderer.end(JSON.stringify({ type: 'response.completed', response: { usage: null } }), gateway),
    ).toContain('"usage":null');
    expect(responsesRenderer.end(undefined, gateway)).toBe('');
  });

  it('say an error before a response has begun', () => {
    const error = { status: 502, message: 'No.', type: 'upstream_error', param: null, code: 'upstream_error' };
    expect(responsesRenderer.error(error)).toBe(
      'event: error\ndata: {"type":"error","sequence_number":0,"code":"upstream_error","message":"No.","param":null}\n\n',
    );
    const { status: _status, ...body } = error;
    expect(responsesRenderer.errorBody(error, 'r')).toEqual({ error: body });
  });
});
