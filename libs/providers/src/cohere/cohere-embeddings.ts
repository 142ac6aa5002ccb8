import { isRecord, type JsonRecord, nonEmptyString } from '../json-record';
import { jsonRequest, refuseTokens, takeOut } from '../openai/embeddings/embeddings-request';
import { noStream } from '../openai/embeddings/openai-embeddings';
import { pathUnder } from '../openai/openai-request';
import { toOpenAiError } from '../openai/openai-error';
import type { ReadReply, Translator, UpstreamCall, UpstreamRequest } from '../translator';
import { inputTypeFor, type InputTypeNames } from '../vectors/input-type';
import { parseVectors } from '../vectors/vector-json';
import { inputsOf, inputUsage, vectorReply } from '../vectors/vector-reply';

const LABEL = 'Cohere';
const INPUT_TYPES: InputTypeNames = {
  document: 'search_document',
  query: 'search_query',
  classification: 'classification',
  clustering: 'clustering',
};
/** Members that OpenAI's clients send, and Cohere refuses. */
const DROPPED = ['user', 'task_type', 'title'];
const SILENT = ['metadata', 'stream', 'encoding_format'];

/** @see https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: Translator = {
  partLimits: () => ({ parts: 96 }),
  toRequest,
  fromReply,
  openStream: noStream,
  toError: (failure) => toOpenAiError(failure),
};

/** Cohere requires a type: without one of the caller, inputs are documents. */
function toRequest(call: UpstreamCall): UpstreamRequest {
  const { body, upstreamModel, baseUrl } = call;
  refuseTokens(body, LABEL);
  const { input: _input, dimensions, input_type: type, output_dtype: dtype, ...rest } = body;
  const request: JsonRecord = {
    ...rest,
    model: upstreamModel,
    texts: inputsOf(body),
    input_type: inputTypeFor(type ?? 'document', INPUT_TYPES),
    embedding_types: [dtype ?? 'float'],
  };
  if (dimensions !== undefined && dimensions !== null) request.output_dimension ??= dimensions;
  takeOut(request, SILENT);
  const dropped = takeOut(request, DROPPED);
  return jsonRequest(call, pathUnder(baseUrl, '/v2/embed'), request, dropped);
}

/** The vectors are under the name of their type; each request asks for one. */
function fromReply(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const { value, vectorOf } = parseVectors(text);
  if (!isRecord(value)) return { kind: 'unreadable', usage: undefined };
  const usage = usageIn(value.meta);
  const [list] = isRecord(value.embeddings) ? Object.values(value.embeddings).filter(Array.isArray) : [];
  if (!list) {
    const isError = nonEmptyString(value.message) !== undefined;
    return isError ? { kind: 'error', text, usage } : { kind: 'unreadable', usage };
  }
  const vectors = list.map((each: unknown) => vectorOf(each));
  return vectorReply({ vectors, inputs: inputsOf(call.body).length, model: undefined, usage });
}

function usageIn(meta: unknown) {
  const billed = isRecord(meta) ? meta.billed_units : undefined;
  return isRecord(billed) ? inputUsage(billed.input_tokens) : undefined;
}
