import { createHash } from 'node:crypto';
import { Refusal } from './gemini-rules';

type Json = Record<string, any>;

/** @see https://ai.google.dev/api/embeddings */
const PATH = /^\/v1beta\/models\/([^/:]+):(batchEmbedContents|embedContent)$/;
/** How many requests a batch has at most. */
const MOST_REQUESTS = 100;
const DIMENSIONS = 3_072;
const LEAST_DIMENSIONS = 128;
const MEMBERS = ['model', 'content', 'taskType', 'title', 'outputDimensionality'];
const TASKS = [
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'RETRIEVAL_DOCUMENT',
  'RETRIEVAL_QUERY',
  'CODE_RETRIEVAL_QUERY',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
];
const BYTES = 32;

/** Whether a path is one of embeddings. */
export function isEmbedding(path: string): boolean {
  return PATH.test(path);
}

/** The vectors of a request: equal texts have equal ones, which are not of unit length below all dimensions. @throws Refusal */
export function embeddingsFor(path: string, body: Json): Json {
  const [, model = '', method] = PATH.exec(path) ?? [];
  if (!model.startsWith('gemini-embedding-')) throw new Refusal(404, 'NOT_FOUND', `models/${model} is not found.`);
  if (method === 'embedContent') {
    const tokens = checked(body, model, '');
    return { embedding: vectorOf(body), usageMetadata: { promptTokenCount: tokens } };
  }
  checkMembers(body, ['requests'], '');
  const requests: Json[] = body.requests ?? [];
  if (requests.length === 0) throw invalid('* BatchEmbedContentsRequest.requests: requests is not specified');
  if (requests.length > MOST_REQUESTS)
    throw invalid(`* BatchEmbedContentsRequest.requests: at most ${MOST_REQUESTS} requests can be in one batch`);
  const counts = requests.map((request, index) => checked(request, model, `requests[${index}]`));
  const promptTokenCount = counts.reduce((sum, count) => sum + count, 0);
  return { embeddings: requests.map(vectorOf), usageMetadata: { promptTokenCount } };
}

/** @returns a token for each word @throws Refusal */
function checked(request: Json, model: string, path: string): number {
  checkMembers(request, MEMBERS, path);
  if (request.model !== undefined && request.model !== `models/${model}`)
    throw invalid(`* BatchEmbedContentsRequest.${path}.model: model must match the parent's`);
  if (request.taskType !== undefined && !TASKS.includes(request.taskType))
    throw invalid(`Invalid value at '${path}.task_type' (TYPE_ENUM), "${request.taskType}"`);
  if (request.title !== undefined && request.taskType !== 'RETRIEVAL_DOCUMENT')
    throw invalid('Title is only supported for RETRIEVAL_DOCUMENT task type.');
  const size = request.outputDimensionality ?? DIMENSIONS;
  if (!Number.isInteger(size) || size < LEAST_DIMENSIONS || size > DIMENSIONS)
    throw invalid(`Invalid output_dimensionality: must be from ${LEAST_DIMENSIONS} to ${DIMENSIONS}.`);
  checkMembers(request.content ?? {}, ['parts', 'role'], `${path}.content`);
  const parts: Json[] = request.content?.parts ?? [];
  if (parts.length === 0) throw invalid(`* ${path}.content: contents is not specified`);
  for (const part of parts) checkMembers(part, ['text'], `${path}.content.parts`);
  if (parts.every(({ text }) => (text ?? '') === '')) throw invalid('content is empty');
  return textOf(request).split(/\s+/).filter(Boolean).length;
}

function vectorOf(request: Json): Json {
  const size: number = request.outputDimensionality ?? DIMENSIONS;
  const bytes = createHash('sha256')
    .update(`${request.taskType ?? ''}\0${textOf(request)}`)
    .digest();
  return { values: Array.from({ length: size }, (_, index) => ((bytes[index % BYTES] ?? 0) - 128) / 1024) };
}

function textOf({ content }: Json): string {
  return content.parts.map(({ text }: Json) => text ?? '').join(' ');
}

function checkMembers(value: Json, names: readonly string[], path: string): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw invalid(`Invalid JSON payload received. Unknown name "${unknown}" at '${path}': Cannot find field.`);
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'INVALID_ARGUMENT', message);
}
