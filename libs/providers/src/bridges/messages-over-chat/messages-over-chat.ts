import type { Translator, UpstreamCall } from '../../translator';
import { chatBody } from './chat-body';
import { MessageEvents } from './message-events';
import { messageOfCompletion } from './message-of-completion';

/**
 * `/v1/messages` for a vendor that has chat completions only.
 *
 * @param chat the vendor's translator of chat completions
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function messagesOverChat(chat: Translator): Translator {
  return {
    keepsTurns: chat.keepsTurns,
    toRequest: (call) => {
      const { body, dropped } = chatBody(call);
      const request = chat.toRequest(chatCall(call, body));
      return { ...request, dropped: [...dropped, ...request.dropped] };
    },
    fromReply: (body, call) => {
      const read = chat.fromReply(body, chatCall(call));
      return read.kind === 'response' ? { ...read, reply: messageOfCompletion(read.reply) } : read;
    },
    openStream: (call) => new MessageEvents(chat.openStream(chatCall(call))),
    toError: chat.toError,
    amend: (call, failure) => {
      const amended = chat.amend?.(chatCall(call), failure);
      if (!amended) return undefined;
      const { withoutStreamOptions, withoutReasoning } = amended;
      return { ...call, withoutStreamOptions, withoutReasoning };
    },
  };
}

/** The call as one of chat completions: the limit of output tokens is a default, for which translators know the member. */
function chatCall(call: UpstreamCall, body = chatBody(call).body): UpstreamCall {
  return { ...call, body, defaultMaxTokens: Number(call.body.max_tokens) };
}
