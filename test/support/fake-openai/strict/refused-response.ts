import { type Json, isJson } from '../chat-request';
import { invalidRequest, type VendorError } from '../exchange';
import { isReasoning } from './models';
import { unknownParameter } from './refused-chat';
import { schemaError, toolsError } from './refused-schemas';

/** @see https://platform.openai.com/docs/api-reference/responses/create */
const MEMBERS = new Set(
  `background background_options conversation context_management include input instructions max_output_tokens max_tool_calls metadata
  model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention
  reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p
  truncation user`.split(/\s+/),
);
const ITEM_MEMBERS: Readonly<Record<string, string>> = {
  message: 'type role content id status phase',
  function_call: 'type id call_id name arguments status namespace caller',
  function_call_output: 'type id call_id output status caller',
  reasoning: 'type id summary content encrypted_content status',
  item_reference: 'type id',
};
const SAMPLING = ['temperature', 'top_p'];

/** What the vendor refuses in a request of Responses. @param issued encrypted reasoning that was given out */
export function refusedResponse(body: Json, issued: ReadonlySet<string>): VendorError | undefined {
  const unknown = Object.keys(body).find((name) => !MEMBERS.has(name));
  if (unknown) return unknownParameter(unknown);
  const sampled = SAMPLING.find((name) => body[name] !== undefined && body[name] !== null);
  if (sampled && isReasoning(String(body['model'])))
    return invalidRequest(
      `Unsupported parameter: '${sampled}' is not supported with this model.`,
      sampled,
      'unsupported_parameter',
    );
  const items = Array.isArray(body['input']) ? body['input'].filter(isJson) : [];
  const format = isJson(body['text']) ? body['text']['format'] : undefined;
  const strictFormat = isJson(format) && format['type'] === 'json_schema' && format['strict'] === true;
  return (
    itemsError(items, body, issued) ??
    pairingError(items) ??
    toolsError(body['tools'], (tool) => ({ strict: true, ...tool }), 'tools') ??
    (strictFormat
      ? schemaError(format['schema'], `response_format '${String(format['name'])}'`, 'text.format')
      : undefined)
  );
}

function itemsError(items: Json[], body: Json, issued: ReadonlySet<string>): VendorError | undefined {
  for (const [at, item] of items.entries()) {
    const type = String(item['type'] ?? 'message');
    const members = ITEM_MEMBERS[type];
    if (members === undefined) return invalidRequest(`Invalid value: '${type}'.`, `input[${at}].type`, 'invalid_value');
    const unknown = Object.keys(item).find((name) => !members.split(' ').includes(name));
    if (unknown) return unknownParameter(`input[${at}].${unknown}`);
    const error = type === 'reasoning' ? reasoningError(items, at, body, issued) : partsError(item, at);
    if (error) return error;
  }
  return undefined;
}

function partsError({ role, content }: Json, at: number): VendorError | undefined {
  const allowed = role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
  for (const [index, part] of (Array.isArray(content) ? content : []).entries()) {
    const type = isJson(part) ? String(part['type']) : '';
    if (!allowed.includes(type)) {
      const expected = allowed.map((name) => `'${name}'`).join(', ');
      return invalidRequest(
        `Invalid value: '${type}'. Supported values are: ${expected}.`,
        `input[${at}].content[${index}]`,
        'invalid_value',
      );
    }
  }
  return undefined;
}

function reasoningError(items: Json[], at: number, body: Json, issued: ReadonlySet<string>): VendorError | undefined {
  const { id, encrypted_content: encrypted } = items[at] ?? {};
  if (typeof encrypted === 'string' && !issued.has(encrypted))
    return invalidRequest(
      `The encrypted content for item ${String(id)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      null,
      'invalid_encrypted_content',
    );
  if (typeof encrypted !== 'string' && body['store'] === false)
    return invalidRequest(
      `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
      'input',
    );
  return items[at + 1] === undefined
    ? invalidRequest(
        `Item '${String(id)}' of type 'reasoning' was provided without its required following item.`,
        'input',
      )
    : undefined;
}

function pairingError(items: Json[]): VendorError | undefined {
  const idsOf = (type: string) => items.filter((item) => item['type'] === type).map((item) => item['call_id']);
  const [calls, outputs] = [idsOf('function_call'), idsOf('function_call_output')];
  const missing = calls.find((id) => !outputs.includes(id));
  if (missing !== undefined)
    return invalidRequest(`No tool output found for function call ${String(missing)}.`, 'input');
  const orphan = outputs.find((id) => !calls.includes(id));
  return orphan === undefined
    ? undefined
    : invalidRequest(`No tool call found for function call output with call_id ${String(orphan)}.`, 'input');
}
