import { isRecord, type JsonRecord } from '../json-record';

/** A valid chat request to the simulator. */
export interface SimulatedRequest {
  model: string;
  messages: JsonRecord[];
  choiceCount: number;
  /** Undefined where the request has none. */
  maxOutputTokens: number | undefined;
  stream: boolean;
  includeUsage: boolean;
  /** The functions that it may call. */
  functions: SimulatedFunction[];
  /** The names of those that it must call. */
  forced: string[];
  /** The schema of a structured answer, or an empty one for any JSON object. */
  schema: JsonRecord | undefined;
  reasons: boolean;
  /** The text to answer with, in place of its own. */
  text: string | undefined;
}

export interface SimulatedFunction {
  name: string;
  parameters: JsonRecord;
}

/** An invalid request, with OpenAI's error message. */
export class SimulatedBadRequest extends Error {
  override readonly name = 'SimulatedBadRequest';

  constructor(
    message: string,
    readonly param: string | null,
  ) {
    super(message);
  }
}

const WITHOUT_REASONING = new Set<unknown>([undefined, null, 'none']);

/** @throws SimulatedBadRequest that names the invalid member */
export function readSimulatedRequest(body: unknown): SimulatedRequest {
  if (!isRecord(body)) throw new SimulatedBadRequest('The body is not a JSON object.', null);
  const { model, messages, stream_options: streamOptions, mock_response: text } = body;
  if (typeof model !== 'string' || model === '')
    throw new SimulatedBadRequest('you must provide a model parameter', 'model');
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new SimulatedBadRequest("'messages' must be an array with at least one message.", 'messages');
  }
  messages.forEach((message: unknown, index) => {
    if (!isRecord(message) || typeof message.role !== 'string') {
      throw new SimulatedBadRequest(`'messages[${index}]' must be an object with a role.`, `messages[${index}]`);
    }
  });
  const functions = readFunctions(body.tools);
  return {
    model,
    messages: messages.filter(isRecord),
    choiceCount: readCount(body, 'n', 128) ?? 1,
    maxOutputTokens: readCount(body, 'max_completion_tokens') ?? readCount(body, 'max_tokens'),
    stream: body.stream === true,
    includeUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
    functions: body.tool_choice === 'none' ? [] : functions,
    forced: readForced(body.tool_choice, functions),
    schema: readSchema(body.response_format),
    reasons: !WITHOUT_REASONING.has(body.reasoning_effort),
    text: typeof text === 'string' ? text : undefined,
  };
}

function readFunctions(tools: unknown): SimulatedFunction[] {
  return (Array.isArray(tools) ? tools : []).flatMap((tool: unknown) => {
    const called = isRecord(tool) && isRecord(tool.function) ? tool.function : {};
    const parameters = isRecord(called.parameters) ? called.parameters : {};
    return typeof called.name === 'string' ? [{ name: called.name, parameters }] : [];
  });
}

function readForced(choice: unknown, functions: SimulatedFunction[]): string[] {
  if (choice === 'required') return functions.slice(0, 1).map(({ name }) => name);
  const named = isRecord(choice) && isRecord(choice.function) ? choice.function.name : undefined;
  return typeof named === 'string' ? [named] : [];
}

function readSchema(format: unknown): JsonRecord | undefined {
  if (!isRecord(format) || (format.type !== 'json_schema' && format.type !== 'json_object')) return undefined;
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  return isRecord(schema) ? schema : { type: 'object' };
}

function readCount(body: JsonRecord, name: string, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw new SimulatedBadRequest(`'${name}' must be an integer of at least 1.`, name);
  }
  return value;
}
