import type { Translator, UpstreamCall } from '../translator';

/**
 * One translator out of two, by the model of the call.
 *
 * @param chat of the models that have chat completions
 * @param overResponses of those that have Responses alone; its errors have the same shape
 */
export function chatByModel(
  chat: Translator,
  overResponses: Translator,
  hasResponsesOnly: (upstreamModel: string) => boolean,
): Translator {
  const of = ({ upstreamModel }: UpstreamCall) => (hasResponsesOnly(upstreamModel) ? overResponses : chat);
  return {
    keepsTurns: (model) => (hasResponsesOnly(model) ? overResponses : chat).keepsTurns?.(model) ?? false,
    toRequest: (call) => of(call).toRequest(call),
    fromReply: (body, call) => of(call).fromReply(body, call),
    openStream: (call) => of(call).openStream(call),
    toError: overResponses.toError,
    amend: (call, failure) => of(call).amend?.(call, failure),
  };
}
