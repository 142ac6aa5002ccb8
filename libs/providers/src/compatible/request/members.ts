import type { RequestRules } from '../quirks';
import type { Draft } from './draft';

/** Values with which a member has no effect: leaving it out then needs no report. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly unknown[]>> = {
  temperature: [1],
  top_p: [1],
  presence_penalty: [0],
  frequency_penalty: [0],
  n: [1],
  logprobs: [false],
  top_logprobs: [0],
  parallel_tool_calls: [true],
  service_tier: ['auto', 'default'],
  verbosity: ['medium'],
  store: [false],
};
/** The gateway itself has used them: they are tags, and the vendor's own log. */
const UNREPORTED = new Set(['metadata']);
const HEADER_VALUE = /^[\x21-\x7e]{1,256}$/;

/** Leaves out what the vendor does not take. @param names the members */
export function dropMembers(draft: Draft, names: readonly string[]): void {
  for (const name of names) {
    const value = draft.take(name);
    if (hasEffect(name, value) && !UNREPORTED.has(name)) draft.dropped.add(name);
  }
}

function hasEffect(name: string, value: unknown): boolean {
  return value !== undefined && value !== null && !WITHOUT_EFFECT[name]?.includes(value);
}

/** Leaves out values that the vendor does not take of a member. */
export function dropValues(draft: Draft, values: NonNullable<RequestRules['droppedValues']>): void {
  for (const [name, refused] of Object.entries(values)) {
    if (refused.includes(draft.body[name]) && hasEffect(name, draft.take(name))) draft.dropped.add(name);
  }
}

/** Gives members the vendor's names, or their place in a header. The vendor's own member, if the caller sends it, counts. */
export function renameMembers(draft: Draft, { renamed = {}, headers = {} }: RequestRules): void {
  for (const [name, theirs] of Object.entries(renamed)) {
    const value = draft.take(name);
    if (value !== undefined && value !== null) draft.body[theirs] ??= value;
  }
  for (const [name, header] of Object.entries(headers)) {
    const value = draft.take(name);
    if (typeof value === 'string' && HEADER_VALUE.test(value)) draft.headers[header] = value;
    else if (value !== undefined && value !== null) draft.dropped.add(name);
  }
}

/** Puts the limit of output tokens into the member that the vendor takes. The newer member counts where both are sent. */
export function placeTokenLimit(draft: Draft, { tokenLimit }: RequestRules): void {
  if (tokenLimit === undefined || tokenLimit === 'either') return;
  const { max_completion_tokens: newer, max_tokens: older } = draft.body;
  const limit = newer ?? older;
  draft.take('max_completion_tokens');
  draft.take('max_tokens');
  if (limit !== undefined && limit !== null) draft.body[tokenLimit] = limit;
}
