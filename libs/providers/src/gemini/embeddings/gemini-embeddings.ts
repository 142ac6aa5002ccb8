import { isRecord, type JsonRecord } from '../../json-record';
import { jsonRequest, refuseTokens, takeOut } from '../../openai/embeddings/embeddings-request';
import { noStream } from '../../openai/embeddings/openai-embeddings';
import type { ReadReply, Translator, UpstreamCall, UpstreamRequest } from '../../translator';
import { inputTypeFor, type InputTypeNames } from '../../vectors/input-type';
import { parseVectors } from '../../vectors/vector-json';
import { inputsOf, inputUsage, vectorReply } from '../../vectors/vector-reply';
import { toGeminiError } from '../gemini-error';
import { geminiUrl } from '../request/gemini-url';

const TASK_TYPES: InputTypeNames = {
  document: 'RETRIEVAL_DOCUMENT',
  query: 'RETRIEVAL_QUERY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};
const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'input_type',
  'task_type',
  'title',
]);
const SILENT = ['metadata', 'stream'];

/**
 * Vectors come as Gemini sends them: those of gemini-embedding-001 with fewer than 3,072 dimensions are not of unit length.
 *
 * @see https://ai.google.dev/api/embeddings#method:-models.batchembedcontents
 */
export const geminiEmbeddings: Translator = {
  partLimits: () => ({ parts: 100 }),
  toRequest,
  fromReply,
  openStream: noStream,
  toError: toGeminiError,
};

function toRequest(call: UpstreamCall): UpstreamRequest {
  const { body, upstreamModel } = call;
  refuseTokens(body, 'Gemini');
  const rest: JsonRecord = { ...body };
  takeOut(rest, [...TRANSLATED, ...SILENT]);
  const dropped = takeOut(rest, Object.keys(rest));
  const members = membersOf(body);
  const model = upstreamModel.includes('/') ? upstreamModel : `models/${upstreamModel}`;
  const requests = inputsOf(body).map((text) => ({ model, content: { parts: [{ text }] }, ...members }));
  return jsonRequest(call, geminiUrl(call, 'batchEmbedContents'), { requests }, dropped);
}

/** JSON leaves out what is undefined. */
function membersOf({ task_type: task, input_type: type, title, dimensions }: JsonRecord): JsonRecord {
  return {
    taskType: task ?? inputTypeFor(type, TASK_TYPES) ?? undefined,
    title: title ?? undefined,
    outputDimensionality: dimensions ?? undefined,
  };
}

function fromReply(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const { value, vectorOf } = parseVectors(text);
  if (!isRecord(value)) return { kind: 'unreadable', usage: undefined };
  const counts = isRecord(value.usageMetadata) ? value.usageMetadata : {};
  const usage = inputUsage(counts.promptTokenCount) ?? inputUsage(counts.totalTokenCount);
  if (!Array.isArray(value.embeddings))
    return isRecord(value.error) ? { kind: 'error', text, usage } : { kind: 'unreadable', usage };
  const vectors = value.embeddings.map((each: unknown) => (isRecord(each) ? vectorOf(each.values) : undefined));
  return vectorReply({ vectors, inputs: inputsOf(call.body).length, model: undefined, usage });
}
