import type { Provider, ProviderError, Translator } from '@thriftgate/providers';

const REDACTED = '***';

/**
 * The provider's API without its secrets in errors: some upstreams repeat the credential of a request in what they answer.
 *
 * @param secrets the credential, and values of headers that the configuration keeps secret
 */
export function redactedApi(api: Provider, secrets: readonly string[]): Provider {
  const known = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return api;
  const translators = Object.entries(api.translators).map(([name, translator]) => [
    name,
    translator && redactedTranslator(translator, known),
  ]);
  return { ...api, translators: Object.fromEntries(translators) as Provider['translators'] };
}

function redactedTranslator(translator: Translator, secrets: readonly string[]): Translator {
  const redact = <Text extends string | null>(text: Text) =>
    text === null ? text : secrets.reduce<string>((left, secret) => left.replaceAll(secret, REDACTED), text);
  return {
    keepsTurns: translator.keepsTurns,
    ...(translator.partLimits && { partLimits: translator.partLimits }),
    toRequest: (call) => translator.toRequest(call),
    fromReply: (body, call) => translator.fromReply(body, call),
    openStream: (call) => translator.openStream(call),
    ...(translator.countRequest && { countRequest: translator.countRequest, readCount: translator.readCount }),
    amend: translator.amend && ((call, failure) => translator.amend?.(call, failure)),
    toError: (failure): ProviderError => {
      const error = translator.toError(failure);
      const { message, type, code, param } = error;
      return {
        ...error,
        message: redact(message) ?? '',
        type: redact(type) ?? '',
        code: redact(code),
        param: redact(param),
      };
    },
  };
}
