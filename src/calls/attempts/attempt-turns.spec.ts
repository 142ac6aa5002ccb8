import { openAi, type Provider, type Translator, type UpstreamCall } from '@thriftgate/providers';
import { aCompletion } from '../testing/answers';
import { attemptsBench } from '../testing/attempts-bench';
import { aCall } from '../testing/builders';
import { ScriptedResponse } from '../testing/scripted-response';

const chat = openAi.translators['chat.completions']!;
const turn = { format: 'anthropic-claude-v1', content: [{ type: 'thinking', signature: 'Zm9v' }] };

/** A vendor that needs its turns back; every answer of it is one with a tool call. */
function vendor(keepsTurns: boolean) {
  const calls: UpstreamCall[] = [];
  const translator: Translator = {
    ...chat,
    keepsTurns: () => keepsTurns,
    toRequest: (call) => {
      calls.push(call);
      return chat.toRequest(call);
    },
    fromReply: (body, call) => {
      const read = chat.fromReply(body, call);
      return read.kind === 'response'
        ? { ...read, reply: { ...read.reply, turn: { toolCallIds: ['call_4fG7hJ2kL1'], turn } } }
        : read;
    },
  };
  const api: Provider = { ...openAi, translators: { 'chat.completions': translator } };
  return { api, calls };
}

const HISTORY = [
  { role: 'user', content: 'Weather?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_4fG7hJ2kL1', type: 'function', function: { name: 'f', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'call_4fG7hJ2kL1', content: 'sunny' },
];

describe('the turns of a vendor that needs them back', () => {
  it.each([true, false])(
    'come back with the next request of the team, if the vendor needs them (%s)',
    async (needs) => {
      const { api, calls } = vendor(needs);
      const { transport, run, resolved } = attemptsBench({ stream: false }, { api });
      transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
      await run();
      resolved.call = { ...resolved.call, body: aCall({ messages: HISTORY }).body };
      transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
      await run();
      expect(calls.map((call) => call.turns?.get('call_4fG7hJ2kL1'))).toEqual([undefined, needs ? turn : undefined]);
    },
  );
});
