import { isRecord, type JsonRecord } from '../../json-record';

/** Members that carry signatures and encrypted reasoning: a quick look before a response is parsed. */
const SIGNED = /"(?:signature|reasoning_details|extra_content|thinking_blocks)"/;

/**
 * A response without signatures and encrypted reasoning. They are bound to the credential and the conversation that they were
 * written for, so that another caller who gets the stored response could not send them back.
 */
export function withoutSignatures(reply: Buffer): Buffer {
  if (!SIGNED.test(reply.toString('latin1'))) return reply;
  const completion: unknown = JSON.parse(reply.toString());
  if (!isRecord(completion) || !Array.isArray(completion.choices)) return reply;
  const choices = completion.choices.map((choice: unknown) =>
    isRecord(choice) && isRecord(choice.message) ? { ...choice, message: unsigned(choice.message) } : choice,
  );
  return Buffer.from(JSON.stringify({ ...completion, choices }));
}

function unsigned({ thinking_blocks: _blocks, ...message }: JsonRecord): JsonRecord {
  const { reasoning_details: details, tool_calls: calls } = message;
  if (Array.isArray(details)) message.reasoning_details = details.flatMap(readable);
  if (Array.isArray(calls)) message.tool_calls = calls.map(withoutExtraContent);
  return message;
}

/** The readable part of a detail; none of encrypted reasoning. */
function readable(detail: unknown): unknown[] {
  if (!isRecord(detail)) return [detail];
  if (detail.type === 'reasoning.encrypted') return [];
  const { signature: _signature, ...rest } = detail;
  return [rest];
}

function withoutExtraContent(call: unknown): unknown {
  if (!isRecord(call)) return call;
  const { extra_content: _extra, ...rest } = call;
  return rest;
}
