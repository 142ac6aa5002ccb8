import { openAiChat } from '../openai/openai';
import { fromEncryptedContent } from '../responses/own-reasoning';
import type { Translator, UpstreamCall } from '../translator';
import { messagesOverChat } from './messages-over-chat/messages-over-chat';
import { detailsOf } from './messages-over-chat/reasoning-signature';
import { responsesOverChat } from './responses-over-chat/responses-over-chat';

const call: UpstreamCall = {
  body: { model: 'm', max_tokens: 9, messages: [], input: 'Hi', include: ['reasoning.encrypted_content'] },
  upstreamModel: 'm',
  stream: true,
  requestId: 'r',
  baseUrl: 'http://up/v1',
};
const chunk = (delta: object) => ({
  event: undefined,
  data: JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: null }] }),
});
const detail = (index: number) => ({ type: 'reasoning.text', index, text: `${index} ` });

/** A stream that thinks before each piece of its text: its events, and how often the whole of it was assembled. */
function thinkAndSay(bridgeOver: (chat: Translator) => Translator, times: number) {
  let assembled = 0;
  const openStream = () => {
    const decoder = openAiChat.openStream();
    const assemble = decoder.assemble.bind(decoder);
    return Object.assign(decoder, { assemble: () => ((assembled += 1), assemble()) });
  };
  const decoder = bridgeOver({ ...openAiChat, openStream }).openStream(call);
  const events = Array.from({ length: times }, (_, index) => [
    ...decoder.push(chunk({ reasoning_content: `${index} `, reasoning_details: [detail(index)] })),
    ...decoder.push(chunk({ content: 'word ' })),
  ]).flat();
  return { assembled, events: events.map(({ data }) => JSON.parse(data)) };
}

describe('reasoning of a chat stream', () => {
  it.each([
    ['messages', messagesOverChat],
    ['responses', responsesOverChat],
  ])('A22: assembles nothing for each turn between reasoning and text, in %s', (_, bridge) => {
    expect(thinkAndSay(bridge, 1_000).assembled).toBe(0);
  });

  it('A22: is in the signature of its own block, and in no other', () => {
    const { events } = thinkAndSay(messagesOverChat, 3);
    const signed = events.filter(({ delta }) => delta?.type === 'signature_delta');
    expect(signed.map(({ delta }) => detailsOf(delta))).toEqual([[detail(0)], [detail(1)], [detail(2)]]);
  });

  it('is in the item of its own, and in no other', () => {
    const { events } = thinkAndSay(responsesOverChat, 3);
    const items = events.filter(({ type, item }) => type.endsWith('.done') && item?.type === 'reasoning');
    expect(items.map(({ item }) => fromEncryptedContent(item.encrypted_content)?.reasoning_details)).toEqual([
      [detail(0)],
      [detail(1)],
      [detail(2)],
    ]);
  });

  const called = {
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
  };
  const signature = { type: 'reasoning.text', index: 0, signature: 's' };
  it.each([
    ['before text', [{ reasoning_details: [detail(0)] }, { content: 'a' }], ['thinking', 'text'], [[detail(0)]]],
    ['before a call', [{ reasoning_details: [detail(0)] }, called], ['thinking', 'tool_use'], [[detail(0)]]],
    [
      'within the last text: it has none, for clients take the last block as the text',
      [{ content: 'a' }, { reasoning_details: [detail(0)] }, { content: 'b' }],
      ['text'],
      [],
    ],
    [
      'between text and a call',
      [{ content: 'a' }, { reasoning_details: [detail(0)] }, called],
      ['text', 'thinking', 'tool_use'],
      [[detail(0)]],
    ],
    ['after a call', [called, { reasoning_details: [detail(0)] }], ['tool_use', 'thinking'], [[detail(0)]]],
    [
      'after its block',
      [
        { reasoning_content: '0 ', reasoning_details: [detail(0)] },
        { content: 'a' },
        { reasoning_details: [signature] },
        called,
      ],
      ['thinking', 'text', 'thinking', 'tool_use'],
      [[detail(0)], [signature]],
    ],
  ])('without text of its own is in a thinking block of a message: %s', (_, deltas, types, details) => {
    const decoder = messagesOverChat(openAiChat).openStream(call);
    const end = {
      event: undefined,
      data: JSON.stringify({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    };
    const chunks = [...deltas.map(chunk), end, { event: undefined, data: '[DONE]' }].flatMap((each) =>
      decoder.push(each),
    );
    const events = chunks.map(({ data }) => JSON.parse(data));
    const blocks = events.filter(({ type }) => type === 'content_block_start');
    expect(blocks.map(({ content_block: { type } }) => type)).toEqual(types);
    expect(blocks.map(({ index }) => index)).toEqual(types.map((_type, index) => index));
    const signed = events.filter(({ delta }) => delta?.type === 'signature_delta');
    expect(signed.map(({ delta }) => detailsOf(delta))).toEqual(details);
    // One block is open at a time.
    const bounds = events.filter(({ type }) => type.startsWith('content_block_st')).map(({ type }) => type);
    expect(bounds).toEqual(types.flatMap(() => ['content_block_start', 'content_block_stop']));
  });
});
