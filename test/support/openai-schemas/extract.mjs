/**
 * Writes `openai-schemas.json`: the schemas of what the gateway answers, from OpenAI's published document (MIT).
 * `node test/support/openai-schemas/extract.mjs openapi.yaml`
 *
 * @see https://github.com/openai/openai-openapi
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOTS =
  `ErrorResponse Model ListModelsResponse OpenAIFile ListFilesResponse DeleteFileResponse Batch ListBatchesResponse
  CreateChatCompletionResponse CreateChatCompletionStreamResponse Response ResponseStreamEvent CreateEmbeddingResponse`.split(
    /\s+/,
  );
/** Unions of which the gateway's own answers have a part: hosted tools and their items are OpenAI's alone. */
const PARTS = {
  OutputItem: ['OutputMessage', 'FunctionToolCall', 'ReasoningItem'],
  ItemField: [],
  InputItem: ['EasyInputMessage'],
  Tool: ['FunctionTool'],
  ToolChoiceParam: ['ToolChoiceOptions', 'ToolChoiceFunction', 'ToolChoiceAllowed'],
  ResponseStreamEvent:
    `ResponseErrorEvent ResponseCreatedEvent ResponseInProgressEvent ResponseCompletedEvent ResponseFailedEvent
    ResponseIncompleteEvent ResponseOutputItemAddedEvent ResponseOutputItemDoneEvent ResponseContentPartAddedEvent
    ResponseContentPartDoneEvent ResponseTextDeltaEvent ResponseTextDoneEvent ResponseRefusalDeltaEvent ResponseRefusalDoneEvent
    ResponseFunctionCallArgumentsDeltaEvent ResponseFunctionCallArgumentsDoneEvent ResponseReasoningSummaryPartAddedEvent
    ResponseReasoningSummaryPartDoneEvent ResponseReasoningSummaryTextDeltaEvent ResponseReasoningSummaryTextDoneEvent`.split(
      /\s+/,
    ),
};
const PROSE = /^(?:description|title|example|examples|deprecated|discriminator|x-.*|externalDocs)$/;

const { components, info } = parse(readFileSync(process.argv[2], 'utf8'), { maxAliasCount: -1 });
const schemas = {};
ROOTS.forEach(add);
const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const comment = `From OpenAI's OpenAPI document ${info.version}, https://github.com/openai/openai-openapi, MIT, Copyright (c) OpenAI`;
const file = join(import.meta.dirname, 'openai-schemas.json');
writeFileSync(file, `${JSON.stringify({ $comment: comment, components: { schemas: sorted } }, null, 1)}\n`);

function add(name) {
  if (name in schemas) return;
  const schema = withoutProse(components.schemas[name], false);
  const parts = PARTS[name];
  const union = parts && ('anyOf' in schema ? 'anyOf' : 'oneOf');
  if (parts) schema[union] = schema[union].filter(({ $ref }) => parts.includes($ref?.split('/').at(-1)));
  schemas[name] = schema;
  for (const [, other] of JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/g)) add(other);
}

/** @param isNames whether the members are names of properties, which may be called `title` */
function withoutProse(value, isNames) {
  if (Array.isArray(value)) return value.map((each) => withoutProse(each, false));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => isNames || !PROSE.test(name));
  const { nullable, ...schema } = Object.fromEntries(
    kept.map(([name, each]) => [name, withoutProse(each, name === 'properties' && !isNames)]),
  );
  // As JSON Schema has it.
  return nullable === true && !isNames ? { anyOf: [schema, { type: 'null' }] } : schema;
}
