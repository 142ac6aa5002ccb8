import type { ReadReply, StreamDecoder, Translator, UpstreamCall, UpstreamRequest } from '../../translator';
import { callersName, droppedMembers, inCallersNames, toChatCall } from './chat-request';
import { toResponse } from './completion-response';
import { ResponseStream } from './response-stream';

/** OpenAI's Responses over the chat completions of a vendor that has no Responses. */
export function responsesOverChat(chat: Translator): Translator {
  // Responses are read with the call that they answer; it is translated once.
  const chatCalls = new WeakMap<UpstreamCall, UpstreamCall>();
  const chatCallOf = (call: UpstreamCall): UpstreamCall => {
    const known = chatCalls.get(call) ?? toChatCall(call);
    chatCalls.set(call, known);
    return known;
  };
  return {
    keepsTurns: chat.keepsTurns,
    amend: (call, failure) => {
      const amended = chat.amend?.(chatCallOf(call), failure);
      if (!amended) return undefined;
      const again = { ...call };
      chatCalls.set(again, amended);
      return again;
    },
    toRequest: (call) => toRequest(chat, call, chatCallOf(call)),
    fromReply(body, call): ReadReply {
      const read = chat.fromReply(body, chatCallOf(call));
      return read.kind === 'response' ? { ...read, reply: toResponse(read.reply, call) } : read;
    },
    openStream: (call): StreamDecoder => new ResponseStream(chat.openStream(chatCallOf(call)), call),
    toError(failure) {
      const error = chat.toError(failure);
      return error.param === null ? error : { ...error, param: callersName(error.param) };
    },
  };
}

function toRequest(chat: Translator, call: UpstreamCall, chatCall: UpstreamCall): UpstreamRequest {
  try {
    const request = chat.toRequest(chatCall);
    return { ...request, dropped: [...droppedMembers(call.body), ...request.dropped.map(callersName)] };
  } catch (error) {
    throw inCallersNames(error);
  }
}
