import { isRecord, type JsonRecord } from '@thriftgate/providers';
import type { Messages } from '../text/messages-en';

const MAX_ID_LENGTH = 512;

/** What an API calls the parts of a request that are made here. */
interface Api {
  body(prompt: string, system: string | undefined): JsonRecord;
  /** The names of the limit of output tokens; the first one is written. */
  limits: readonly string[];
}

const user = (content: string) => [{ role: 'user', content }];

/** The APIs of lines, by their paths without `/v1`. */
const APIS: Readonly<Record<string, Api>> = {
  '/chat/completions': {
    body: (prompt, system) => ({
      messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...user(prompt)],
    }),
    limits: ['max_completion_tokens', 'max_tokens'],
  },
  '/responses': {
    body: (prompt, system) => ({ ...(system !== undefined && { instructions: system }), input: prompt }),
    limits: ['max_output_tokens'],
  },
  '/messages': {
    body: (prompt, system) => ({ ...(system !== undefined && { system }), messages: user(prompt) }),
    limits: ['max_tokens'],
  },
  '/embeddings': { body: (prompt) => ({ input: prompt }), limits: [] },
};

/** The paths that `--endpoint` takes. */
export const ENDPOINTS = Object.keys(APIS).map((path) => `/v1${path}`);

/** What lines get that they do not have. */
export interface LineDefaults {
  /** The path of an API. */
  endpoint: string;
  model?: string;
  system?: string;
  maxTokens?: number;
}

/** A line of a batch, as the gateway takes it. */
export interface RequestLine {
  custom_id: string;
  method: 'POST';
  url: string;
  body: JsonRecord;
}

/** A line for a prompt. */
export function promptLine(
  id: string,
  prompt: string,
  defaults: LineDefaults,
  messages: Messages['input'],
): RequestLine {
  return requestLine({ custom_id: id, prompt }, id, defaults, messages);
}

/**
 * A line of a batch from one of its forms: a whole line, a request body, `{"prompt"}` or a string.
 *
 * @param madeId its `custom_id` if it has none
 * @throws Error that says what is wrong, without a full stop
 */
export function requestLine(
  value: unknown,
  madeId: string,
  defaults: LineDefaults,
  messages: Messages['input'],
): RequestLine {
  if (typeof value === 'string') return promptLine(madeId, value, defaults, messages);
  if (!isRecord(value)) throw new Error(messages.notALine);
  const { custom_id: id, method, url, body, ...members } = value;
  const path = typeof url === 'string' ? url : defaults.endpoint;
  const line = {
    ...(body === undefined ? {} : members),
    custom_id: checkedId(id ?? madeId, messages),
    method: method === undefined ? 'POST' : (method as 'POST'),
    url: path,
  };
  if (body !== undefined) return { ...line, body: completed(body, path, defaults, messages) };
  return { ...line, body: completed(bodyOf(members, path, defaults, messages), path, defaults, messages) };
}

/** A body that stands in the line itself, or is made of its prompt. */
function bodyOf(members: JsonRecord, path: string, defaults: LineDefaults, messages: Messages['input']): JsonRecord {
  if (members.messages !== undefined || members.input !== undefined) return members;
  const { prompt, system = defaults.system, ...rest } = members;
  const api = apiAt(path);
  const isText = typeof prompt === 'string' && (system === undefined || typeof system === 'string');
  if (!isText || !api) throw new Error(messages.notALine);
  if (prompt.trim() === '') throw new Error(messages.noPrompt);
  return { ...rest, ...api.body(prompt, system) };
}

function completed(value: unknown, path: string, defaults: LineDefaults, messages: Messages['input']): JsonRecord {
  if (!isRecord(value)) throw new Error(messages.noBody);
  const { stream, model } = value;
  if (stream === true) throw new Error(messages.stream);
  const isUnnamed = model === undefined || model === null || model === '';
  if (isUnnamed && defaults.model === undefined) throw new Error(messages.noModel);
  const limits = apiAt(path)?.limits ?? [];
  const [limit] = limits;
  const needsLimit = limit !== undefined && limits.every((name) => value[name] === undefined || value[name] === null);
  if (needsLimit && defaults.maxTokens === undefined && path.endsWith('/messages')) {
    throw new Error(messages.needsMaxTokens);
  }
  return {
    ...value,
    ...(isUnnamed && { model: defaults.model }),
    ...(needsLimit && defaults.maxTokens !== undefined && { [limit]: defaults.maxTokens }),
  };
}

function apiAt(path: string): Api | undefined {
  return APIS[path.replace(/^\/v1/, '')];
}

function checkedId(value: unknown, messages: Messages['input']): string {
  const isGood =
    typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH && !/[\p{Cc}\p{Cs}]/u.test(value);
  if (!isGood) throw new Error(messages.badId);
  return value;
}
