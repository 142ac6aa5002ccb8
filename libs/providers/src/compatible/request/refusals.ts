import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError } from '../../translator';
import type { Refusal } from '../quirks';

interface Rule {
  /** What the vendor lacks, in words for the caller. */
  readonly what: string;
  /** The member that asks for it; undefined where none does. */
  readonly find: (body: JsonRecord) => string | undefined;
}

/** What a refusal says, and the member that causes it. */
export const REFUSALS: Readonly<Record<Refusal, Rule>> = {
  choices: { what: 'more than one choice', find: ({ n }) => (typeof n === 'number' && n > 1 ? 'n' : undefined) },
  logprobs: {
    what: 'log probabilities',
    find: ({ logprobs, top_logprobs: top }) => {
      if (logprobs === true || (typeof logprobs === 'number' && logprobs > 0)) return 'logprobs';
      return typeof top === 'number' && top > 0 ? 'top_logprobs' : undefined;
    },
  },
  stop: { what: 'stop sequences', find: ({ stop }) => (isEmpty(stop) ? undefined : 'stop') },
  pictures: { what: 'pictures', find: (body) => partOfType(body, 'image_url') },
  'audio input': { what: 'sound', find: (body) => partOfType(body, 'input_audio') },
  'audio output': {
    what: 'answers as sound',
    find: ({ modalities, audio }) => {
      if (Array.isArray(modalities) && modalities.includes('audio')) return 'modalities';
      return isRecord(audio) ? 'audio' : undefined;
    },
  },
  files: { what: 'files', find: (body) => partOfType(body, 'file') },
  'web search': {
    what: 'searches on the web',
    find: ({ web_search_options: options }) => (isRecord(options) ? 'web_search_options' : undefined),
  },
  'custom tools': { what: 'tools besides functions', find: customTool },
  'forced tools': { what: 'a forced call of a tool', find: forcedTool },
};

/** @throws UnsupportedMemberError that names the first member which the vendor lacks */
export function refuse(body: JsonRecord, refusals: readonly Refusal[], label: string, model: string): void {
  for (const name of refusals) {
    const { what, find } = REFUSALS[name];
    const param = find(body);
    if (param === undefined) continue;
    throw new UnsupportedMemberError(
      `${label} does not take ${what} for ${model}. Leave out '${param}', or use a model of another vendor.`,
      param,
    );
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function partOfType({ messages }: JsonRecord, type: string): string | undefined {
  for (const [index, message] of (Array.isArray(messages) ? messages : []).entries()) {
    const content: unknown = isRecord(message) ? message.content : undefined;
    const at = Array.isArray(content) ? content.findIndex((part) => isRecord(part) && part.type === type) : -1;
    if (at >= 0) return `messages.${index}.content.${at}`;
  }
  return undefined;
}

function customTool({ tools }: JsonRecord): string | undefined {
  const at = Array.isArray(tools) ? tools.findIndex((tool) => isRecord(tool) && tool.type === 'custom') : -1;
  return at < 0 ? undefined : `tools.${at}`;
}

function forcedTool({ tool_choice: choice }: JsonRecord): string | undefined {
  if (!isRecord(choice)) return choice === 'required' || choice === 'any' ? 'tool_choice' : undefined;
  const allowed = choice.type === 'allowed_tools' ? choice.allowed_tools : undefined;
  return isRecord(allowed) && allowed.mode !== 'required' ? undefined : 'tool_choice';
}
