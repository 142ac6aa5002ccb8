/** What OpenAI's pages say of its models. @see https://platform.openai.com/docs/models */

const REASONING = /^(?:o\d|gpt-[5-9])/;
const CHATTING = /chat/;
/** Models that refuse these efforts. */
const WITHOUT_NONE = /^gpt-(?:6\.1-sol|6\.2)/;

export function isReasoning(model: string): boolean {
  return REASONING.test(model) && !CHATTING.test(model);
}

/** Whether a model refuses an effort. */
export function takesNoEffort(model: string, effort: string): boolean {
  return WITHOUT_NONE.test(model) && ['none', 'minimal'].includes(effort);
}
