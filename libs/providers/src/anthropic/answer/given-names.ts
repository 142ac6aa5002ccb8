import { isRecord, type JsonRecord } from '../../json-record';
import type { UpstreamCall } from '../../translator';
import { takenName } from '../anthropic-names';

/** The name by which the caller knows a tool. @param name as Anthropic knows it */
export function givenName(name: string, { body }: UpstreamCall): string {
  return functionNames(body).find((each) => each !== name && takenName(each) === name) ?? name;
}

function functionNames({ tools, messages }: JsonRecord): string[] {
  const calls = listOf(messages).flatMap((message) => (isRecord(message) ? listOf(message.tool_calls) : []));
  return [...listOf(tools), ...calls].flatMap((each) => {
    const named = isRecord(each) && isRecord(each.function) ? each.function.name : undefined;
    return typeof named === 'string' ? named : [];
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
