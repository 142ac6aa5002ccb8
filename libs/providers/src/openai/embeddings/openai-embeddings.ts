import { isRecord, nonEmptyString } from '../../json-record';
import type { ReadReply, StreamDecoder, Translator, UpstreamCall, UpstreamFailure } from '../../translator';
import { parseVectors } from '../../vectors/vector-json';
import { inOrder, inputsOf, inputUsage, vectorReply } from '../../vectors/vector-reply';
import { type ErrorMeanings, toOpenAiError } from '../openai-error';
import type { EmbeddingRules } from './embedding-rules';
import { toEmbeddingsRequest } from './embeddings-request';

/** @see https://platform.openai.com/docs/api-reference/embeddings/create */
export const OPENAI_EMBEDDINGS: EmbeddingRules = {
  limits: { parts: 2048, tokens: 300_000 },
  dimensions: 'dimensions',
  base64: true,
  tokens: true,
  dropped: ['task_type', 'title'],
};

/** Embeddings in OpenAI's shape. @param label the vendor's name, for errors */
export function openAiEmbeddings(rules: EmbeddingRules, label: string, errors?: ErrorMeanings): Translator {
  return {
    partLimits: () => rules.limits,
    toRequest: (call) => toEmbeddingsRequest(call, rules, label),
    fromReply: readEmbeddings,
    openStream: noStream,
    toError: (failure: UpstreamFailure) => toOpenAiError(failure, errors),
  };
}

/** Vendors stream no vectors, and callers cannot ask for it. */
export function noStream(): StreamDecoder {
  throw new Error('embeddings have no streams');
}

/** Reads a body with status 200. Some vendors count in `total_tokens` alone. */
function readEmbeddings(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const { value, vectorOf } = parseVectors(text);
  if (!isRecord(value)) return { kind: 'unreadable', usage: undefined };
  const counts = isRecord(value.usage) ? value.usage : {};
  const usage = inputUsage(counts.prompt_tokens) ?? inputUsage(counts.total_tokens);
  if (!Array.isArray(value.data))
    return isError(value) ? { kind: 'error', text, usage } : { kind: 'unreadable', usage };
  const vectors = inOrder(value.data).map(({ embedding }) => vectorOf(embedding));
  return vectorReply({ vectors, inputs: inputsOf(call.body).length, model: value.model, usage });
}

function isError({ error, message }: Record<string, unknown>): boolean {
  return isRecord(error) || nonEmptyString(error ?? message) !== undefined;
}
