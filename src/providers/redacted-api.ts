import type { Provider, ProviderError, Translator } from '@thriftgate/providers';

const REDACTED = '***';
const SHORTEST_SECRET = 12;

/** The values of configured headers that may be credentials, and are no words that errors need. */
export function secretHeaders(headers: Readonly<Record<string, string>> | undefined): string[] {
  return Object.values(headers ?? {}).filter((value) => value.length >= SHORTEST_SECRET);
}

/** A text without secrets, the longest first: one may be a part of another. Empty ones have no effect. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
  return known.reduce((left, secret) => left.replaceAll(secret, REDACTED), text);
}

/**
 * The provider's API without its secrets in errors: some upstreams repeat the credential of a request in what they answer.
 *
 * @param secrets the credential, and values of headers that the configuration keeps secret
 */
export function redactedApi(api: Provider, secrets: readonly string[]): Provider {
  if (secrets.every((secret) => secret === '')) return api;
  const translators = Object.entries(api.translators).map(([name, translator]) => [
    name,
    translator && redactedTranslator(translator, secrets),
  ]);
  return { ...api, translators: Object.fromEntries(translators) as Provider['translators'] };
}

function redactedTranslator(translator: Translator, secrets: readonly string[]): Translator {
  const long = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  const redact = <Text extends string | null>(text: Text) => (text === null ? text : withoutSecrets(text, secrets));
  return {
    keepsTurns: translator.keepsTurns,
    ...(translator.partLimits && { partLimits: translator.partLimits }),
    toRequest: (call) => translator.toRequest(call),
    fromReply: (body, call) => translator.fromReply(body, call),
    openStream: (call) => translator.openStream(call),
    ...(translator.countRequest && { countRequest: translator.countRequest, readCount: translator.readCount }),
    amend: translator.amend && ((call, failure) => translator.amend?.(call, failure)),
    toError: (failure): ProviderError => {
      // Before a message is cut: a part of a secret is found by no search. And afterwards, for what JSON had escaped. A short
      // one, as "error" or "1", may be a part of the JSON itself.
      const error = translator.toError({ ...failure, body: withoutSecrets(failure.body, long) });
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
