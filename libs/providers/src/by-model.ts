import type { Translator, UpstreamCall } from './translator';

/**
 * One translator out of two, by the model of the call.
 *
 * @param others of all other models
 * @param own of some models; its errors have the same shape
 * @param toError reads the errors of both: a failure does not say which call it answers
 */
export function byModel(
  others: Translator,
  own: Translator,
  isOwn: (upstreamModel: string) => boolean,
  toError: Translator['toError'],
): Translator {
  const of = ({ upstreamModel }: UpstreamCall) => (isOwn(upstreamModel) ? own : others);
  return {
    keepsTurns: (model) => (isOwn(model) ? own : others).keepsTurns?.(model) ?? false,
    toRequest: (call) => of(call).toRequest(call),
    fromReply: (body, call) => of(call).fromReply(body, call),
    openStream: (call) => of(call).openStream(call),
    toError,
    amend: (call, failure) => of(call).amend?.(call, failure),
  };
}
