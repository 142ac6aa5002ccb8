import { type Json, isJson } from '../chat-request';

export interface Line {
  custom_id: string;
  model: string;
  body: unknown;
}

/** As in the `errors.data` of a failed batch. */
export interface LineError {
  code: string;
  message: string;
  param: string | null;
  line: number | null;
}

const MAX_LINES = 50_000;
/** @see https://platform.openai.com/docs/guides/batch */
const MAX_INPUTS = 50_000;

function inputsIn(body: unknown): number {
  const input = isJson(body) ? body['input'] : undefined;
  return Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1;
}

/** The lines of an input file, and the errors of the vendor's validation. */
export function readLines(text: string, endpoint: string): [Line[], LineError[]] {
  const lines: Line[] = [];
  const errors: LineError[] = [];
  const ids = new Set<unknown>();
  for (const [at, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue;
    const line = parseLine(raw);
    const { custom_id: id, method, url, body } = line ?? {};
    const model = isJson(body) ? body['model'] : undefined;
    const batchModel = lines[0]?.model ?? model;
    const mistakes: [boolean, string, string, string | null][] = [
      [!line, 'invalid_json_line', 'This line is not parseable as valid JSON.', null],
      [typeof id !== 'string', 'missing_required_parameter', "Missing required parameter: 'custom_id'.", 'custom_id'],
      [
        ids.has(id),
        'duplicate_custom_id',
        `The custom_id '${String(id)}' is already taken by another line.`,
        'custom_id',
      ],
      [method !== 'POST', 'invalid_method', "The method must be 'POST'.", 'method'],
      [url !== endpoint, 'url_mismatch', 'The URL of this request does not match the batch endpoint.', 'url'],
      [typeof model !== 'string', 'missing_required_parameter', "Missing required parameter: 'model'.", 'body.model'],
      [model !== batchModel, 'model_mismatch', `The batch is for model '${String(batchModel)}'.`, 'body.model'],
    ];
    const [, code, message, param] = mistakes.find(([wrong]) => wrong) ?? [];
    if (code && message) errors.push({ code, message, param: param ?? null, line: at + 1 });
    else lines.push({ custom_id: String(id), model: String(model), body });
    ids.add(id);
  }
  const count = lines.length + errors.length;
  if (count === 0) errors.push({ code: 'empty_file', message: 'The input file is empty.', param: null, line: null });
  if (count > MAX_LINES)
    errors.push({ code: 'too_many_tasks', message: 'Too many requests.', param: null, line: null });
  const inputs = endpoint === '/v1/embeddings' ? lines.reduce((sum, { body }) => sum + inputsIn(body), 0) : 0;
  if (inputs > MAX_INPUTS)
    errors.push({ code: 'too_many_inputs', message: 'Too many embedding inputs.', param: null, line: null });
  return [lines, errors];
}

function parseLine(raw: string): Json | undefined {
  try {
    const line: unknown = JSON.parse(raw);
    return isJson(line) ? line : undefined;
  } catch {
    return undefined;
  }
}
