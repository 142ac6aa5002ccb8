import { anthropicChat } from '../anthropic/anthropic';
import { nativeMessages } from '../anthropic/native-messages';
import { messagesOverChat } from '../bridges/messages-over-chat/messages-over-chat';
import { responsesOverChat } from '../bridges/responses-over-chat/responses-over-chat';
import { geminiChat } from '../gemini/gemini';
import { chatOverResponses } from '../openai/chat-over-responses/chat-over-responses';
import { openAiChat } from '../openai/openai';
import { openAiResponses } from '../openai/responses/openai-responses';
import type { Translator, UpstreamCall } from '../translator';

const CALL: UpstreamCall = {
  body: { model: 'm', max_tokens: 9, messages: [], input: 'Hi' },
  upstreamModel: 'm',
  stream: true,
  requestId: '01J00000000000000000000000',
  baseUrl: 'http://up/v1',
};
const TOLD = { inputTokens: 700, outputTokens: 30 };
const error = { message: 'Overloaded', code: 500 };

/** How each vendor names the same counts. */
const OF_CHAT = { usage: { prompt_tokens: 700, completion_tokens: 30 } };
const OF_MESSAGES = { usage: { input_tokens: 700, output_tokens: 30 } };
const OF_RESPONSES = { usage: { input_tokens: 700, output_tokens: 30 } };
const OF_GEMINI = { usageMetadata: { promptTokenCount: 700, candidatesTokenCount: 30 } };

const TRANSLATORS: [string, Translator, { counts: object; type?: string }][] = [
  ['chat completions', openAiChat, { counts: OF_CHAT }],
  ['chat completions of Anthropic', anthropicChat, { counts: OF_MESSAGES, type: 'error' }],
  ['chat completions of Gemini', geminiChat, { counts: OF_GEMINI }],
  ['chat completions over responses', chatOverResponses, { counts: OF_RESPONSES, type: 'error' }],
  ['messages', nativeMessages, { counts: OF_MESSAGES, type: 'error' }],
  ['messages over chat completions', messagesOverChat(openAiChat), { counts: OF_CHAT }],
  ['responses over chat completions', responsesOverChat(openAiChat), { counts: OF_CHAT }],
];

describe('A12: usage beside an error is read', () => {
  it.each(TRANSLATORS)('in a body of %s', (_, translator, { counts, type }) => {
    const body = Buffer.from(JSON.stringify({ type, error, ...counts }));
    expect(translator.fromReply(body, CALL)).toMatchObject({ kind: 'error', usage: TOLD });
  });

  it('in a body of responses, where the error is a text', () => {
    const body = Buffer.from(JSON.stringify({ error: 'Overloaded', ...OF_RESPONSES }));
    expect(openAiResponses.fromReply(body, CALL)).toMatchObject({ kind: 'error', usage: TOLD });
  });

  it('in a list of Gemini, whose error has none itself', () => {
    const list = [OF_GEMINI, { error }];
    expect(geminiChat.fromReply(Buffer.from(JSON.stringify(list)), CALL)).toMatchObject({ kind: 'error', usage: TOLD });
  });

  it.each<(typeof TRANSLATORS)[number]>([
    ...TRANSLATORS,
    ['responses', openAiResponses, { counts: OF_RESPONSES, type: 'error' }],
  ])('in the event of a stream of %s', (_, translator, { counts, type }) => {
    const decoder = translator.openStream(CALL);
    const chunks = decoder.push({ event: type, data: JSON.stringify({ type, error, ...counts }) });
    expect(chunks).toMatchObject([{ kind: 'error' }]);
    expect(decoder.assemble().facts.usage).toMatchObject(TOLD);
  });

  it.each(TRANSLATORS)('unless the vendor names none, in a body of %s', (_, translator, { type }) => {
    const read = translator.fromReply(Buffer.from(JSON.stringify({ type, error })), CALL);
    expect(read).toEqual({ kind: 'error', text: expect.any(String), usage: undefined });
  });
});
