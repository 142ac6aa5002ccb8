import type { JsonRecord } from '../../json-record';
import { compatibleChat } from '../compatible';
import type { CompatibleVendor } from '../quirks';
import { COMPATIBLE_VENDORS } from '../records/records';

const VENDORS: [string, CompatibleVendor][] = Object.entries(COMPATIBLE_VENDORS);
const USAGE = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
const CALL = { body: {}, upstreamModel: 'm', stream: true, requestId: 'r', baseUrl: 'http://llm.example/v1' };

function choice(members: JsonRecord, finish: string | null = 'stop'): JsonRecord {
  return { index: 0, finish_reason: finish, ...members };
}

describe.each(VENDORS)('%s', (_, vendor) => {
  const translator = compatibleChat(vendor);
  const read = (answer: JsonRecord) => translator.fromReply(Buffer.from(JSON.stringify(answer)), CALL);

  it("passes the bytes of an answer in OpenAI's shape", () => {
    const message = { role: 'assistant', content: '안녕', refusal: null, annotations: [] };
    const body = Buffer.from(
      JSON.stringify({ id: 'c', model: 'm', choices: [choice({ message })], usage: USAGE }, null, 3),
    );
    const result = translator.fromReply(body, CALL);
    expect(result.kind === 'response' && result.reply.body).toBe(body);
  });

  it("passes the bytes of chunks in OpenAI's shape, and parses those with new text alone no second time", () => {
    const chunk = (delta: JsonRecord, finish: string | null = null) =>
      JSON.stringify({ id: 'c', choices: [choice({ delta }, finish)] }).replaceAll(',', ', ');
    const data = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b c' }),
      chunk({ content: '다' }),
      chunk({ tool_calls: [{ index: 0, id: 'x', function: { name: 'f', arguments: '' } }] }),
      chunk({}, 'stop'),
    ];
    const decoder = translator.openStream(CALL);
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const chunks = data.flatMap((each) => decoder.push({ event: undefined, data: each }));
      expect(chunks.map((each) => each.data)).toEqual(data);
      expect(parse).toHaveBeenCalledTimes(data.length - 2);
    } finally {
      parse.mockRestore();
    }
  });

  it('has no answer in a body whose choice is an error, unless its content is charged', () => {
    if (!vendor.quirks.answer) return;
    const error = { code: 502, message: 'died' };
    const empty = choice({ message: { content: '' }, error }, 'error');
    expect(read({ choices: [empty] })).toEqual({ kind: 'error', text: JSON.stringify({ error }) });
    for (const charged of [
      { choices: [empty], usage: USAGE },
      { choices: [choice({ message: { content: 'half' }, error }, 'error')] },
    ])
      expect(read(charged)).toMatchObject({ kind: 'response', reply: { facts: { failed: true } } });
  });

  it('has a failed answer where a choice broke off', () => {
    if (!vendor.quirks.answer) return;
    const broken = choice({ message: { content: 'half' } }, 'network_error');
    const facts = { failed: true, finishReasons: ['network_error'], usage: { outputTokens: 4 } };
    expect(read({ choices: [broken], usage: USAGE })).toMatchObject({ kind: 'response', reply: { facts } });
  });

  it('finds the usage in a choice, and in a member of the vendor', () => {
    if (!vendor.quirks.answer) return;
    const message = { content: 'x' };
    for (const answer of [
      { choices: [choice({ message, usage: USAGE })] },
      { choices: [choice({ message })], x_groq: { id: 'r', usage: USAGE } },
    ])
      expect(read(answer)).toMatchObject({ reply: { facts: { usage: { inputTokens: 5, outputTokens: 4 } } } });
  });

  it('charges the usage that comes with an error in a stream', () => {
    if (!vendor.quirks.answer) return;
    const decoder = translator.openStream(CALL);
    for (const each of [
      { choices: [choice({ delta: { content: 'x' } }, null)] },
      { choices: [choice({ delta: {} }, 'abort')], usage: USAGE },
    ])
      decoder.push({ event: undefined, data: JSON.stringify(each) });
    expect(decoder.finished).toBe(false);
    expect(decoder.assemble().facts).toMatchObject({ usage: { outputTokens: 4 }, finishReasons: [null] });
  });
});
