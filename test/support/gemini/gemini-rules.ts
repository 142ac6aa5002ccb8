import { continuationTokenOf } from './gemini-answers';
import { factsOf } from './gemini-facts';

type Json = Record<string, any>;

/** What the vendor refuses, as its error. */
export class Refusal extends Error {
  constructor(
    readonly httpStatus: number,
    readonly status: string,
    message: string,
    readonly details: unknown[] = [],
  ) {
    super(message);
  }
}

/** In place of a signature that is lost. */
const SKIP = 'skip_thought_signature_validator';

/** The members of each object of a request. The vendor refuses every other one. */
const MEMBERS: Record<string, string> = {
  request:
    'contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent serviceTier continuationToken',
  config:
    'maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty stopSequences candidateCount responseMimeType responseJsonSchema mediaResolution thinkingConfig',
  thinking: 'includeThoughts thinkingLevel thinkingBudget',
  content: 'role parts',
  part: 'text thought thoughtSignature inlineData fileData functionCall functionResponse',
  call: 'id name args',
  response: 'id name response parts',
  media: 'mimeType data fileUri',
  tool: 'functionDeclarations',
  declaration: 'name description parametersJsonSchema',
  toolConfig: 'functionCallingConfig',
  calling: 'mode allowedFunctionNames',
};

function invalid(message: string): Refusal {
  return new Refusal(400, 'INVALID_ARGUMENT', message);
}

function check(value: Json | undefined, kind: string, path: string): void {
  for (const name of Object.keys(value ?? {}))
    if (!MEMBERS[kind]?.split(' ').includes(name))
      throw invalid(`Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`);
}

/** Refuses what Gemini refuses. @param issued signatures that this server has given out */
export function checkRequest(model: string, body: Json, issued: ReadonlySet<string>): void {
  check(body, 'request', '');
  check(body.toolConfig, 'toolConfig', 'tool_config');
  check(body.toolConfig?.functionCallingConfig, 'calling', 'tool_config.function_calling_config');
  for (const tool of body.tools ?? []) {
    check(tool, 'tool', 'tools');
    for (const each of tool.functionDeclarations ?? []) checkDeclaration(each);
  }
  checkConfig(model, body);
  checkContents(body.contents);
  if (body.systemInstruction) checkParts(body.systemInstruction.parts, 'system_instruction');
  if (factsOf(model).isGemini3) checkSignatures(body.contents, issued);
  const { continuationToken: token } = body;
  if (token !== undefined && (!issued.has(token) || token !== continuationTokenOf(body)))
    throw invalid('The continuation token does not belong to this request.');
}

function checkDeclaration(declaration: Json): void {
  check(declaration, 'declaration', 'tools.function_declarations');
  if (!/^[A-Za-z_][\w.:-]{0,127}$/.test(declaration.name)) throw invalid(`Invalid function name ${declaration.name}.`);
}

function checkConfig(model: string, { generationConfig: config = {}, tools }: Json): void {
  const { isGemini3, levels, canBeOff, sampling } = factsOf(model);
  check(config, 'config', 'generation_config');
  check(config.thinkingConfig, 'thinking', 'generation_config.thinking_config');
  const { thinkingLevel: level, thinkingBudget: budget } = config.thinkingConfig ?? {};
  if (level !== undefined && budget !== undefined)
    throw invalid('You can only set only one of thinking budget and thinking level.');
  if (level !== undefined && !levels.includes(level))
    throw invalid(`Thinking level ${level} is not supported for this model.`);
  if (budget === 0 && !canBeOff) throw invalid('Budget 0 is invalid. This model only works in thinking mode.');
  if (!sampling && ['temperature', 'topP', 'topK'].some((name) => config[name] !== undefined))
    throw invalid('Sampling parameters are not supported for this model.');
  if (model.startsWith('gemini-2.5') && (config.presencePenalty ?? config.frequencyPenalty) !== undefined)
    throw invalid('Penalty is not enabled for this model');
  if (config.candidateCount > 1 && isGemini3) throw invalid('Multiple candidates is not enabled for this model');
  if (config.responseMimeType && tools?.length > 0 && !isGemini3)
    throw invalid("Function calling with a response mime type: 'application/json' is unsupported");
  if (config.responseJsonSchema && !config.responseMimeType) throw invalid('responseMimeType is required.');
}

function checkContents(contents: Json[] | undefined): void {
  if (!contents || contents.length === 0) throw invalid('* GenerateContentRequest.contents: contents is not specified');
  for (const [index, content] of contents.entries()) {
    check(content, 'content', `contents[${index}]`);
    if (content.role !== 'user' && content.role !== 'model') throw invalid('Please use a valid role: user, model.');
    checkParts(content.parts, `contents[${index}]`);
    checkResults(content, contents[index - 1], contents[index + 1]);
  }
}

function checkParts(parts: Json[] | undefined, path: string): void {
  if (!parts || parts.length === 0) throw invalid(`* ${path}.parts: must not be empty`);
  for (const part of parts) {
    check(part, 'part', `${path}.parts`);
    const data = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'].filter((name) => name in part);
    if (data.length !== 1)
      throw invalid(`* ${path}.parts: required oneof field 'data' must have one initialized field`);
    if (part.text === '' && !part.thoughtSignature)
      throw invalid('Unable to submit request: it has an empty text parameter.');
    check(part.functionCall, 'call', `${path}.parts.function_call`);
    check(part.functionResponse, 'response', `${path}.parts.function_response`);
    for (const media of [part.inlineData, part.fileData]) check(media, 'media', `${path}.parts.data`);
    if (part.inlineData && !/^[A-Za-z0-9+/]+=*$/.test(part.inlineData.data)) throw invalid('Base64 decoding failed');
  }
}

const callsIn = (content: Json | undefined): Json[] =>
  content?.role === 'model' ? content.parts.flatMap(({ functionCall }: Json) => functionCall ?? []) : [];
const resultsIn = (content: Json | undefined): Json[] =>
  content?.role === 'user' ? content.parts.flatMap(({ functionResponse }: Json) => functionResponse ?? []) : [];

/** Each call has its result in the next content, in order, by name; ids, where there are any, agree. */
function checkResults(content: Json, before: Json | undefined, after: Json | undefined): void {
  const [calls, results] = [callsIn(content), resultsIn(after)];
  if (calls.length !== results.length && (calls.length > 0 || results.length > 0))
    throw invalid(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  for (const [index, call] of calls.entries()) {
    const result = results[index] ?? {};
    if (result.name !== call.name) throw invalid(`Function response name ${result.name} does not match ${call.name}.`);
    if (result.id !== call.id) throw invalid(`Function response id ${result.id} does not match ${call.id}.`);
  }
  if (resultsIn(content).length > 0 && callsIn(before).length === 0)
    throw invalid('Please ensure that function response turn comes immediately after a function call turn.');
}

/** In the turn since the last text of the user, the first call of each step has its signature. */
function checkSignatures(contents: Json[], issued: ReadonlySet<string>): void {
  const begins = contents.findLastIndex(
    ({ role, parts }) => role === 'user' && parts.some((part: Json) => part.text !== undefined),
  );
  for (const [index, { role, parts }] of contents.entries()) {
    for (const { thoughtSignature: given } of parts)
      if (given !== undefined && given !== SKIP && !issued.has(given)) throw invalid('Corrupted thought signature.');
    const first = role === 'model' ? parts.find(({ functionCall }: Json) => functionCall) : undefined;
    if (index > begins && first && first.thoughtSignature === undefined)
      throw invalid(
        `Function call \`${first.functionCall.name}\` in the ${index}. content block is missing a \`thought_signature\`.`,
      );
  }
}
