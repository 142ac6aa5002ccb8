import { z } from 'zod';
import { didYouMean } from './near-miss';

/** What a type of Zod is called in messages. */
const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a time',
  null: 'null',
};
const FORMATS: Record<string, string> = {
  datetime: 'must be a time in RFC 3339, as "2027-11-23T00:00:00Z"',
  url: 'must be a URL that starts with http:// or https://',
};
const MAX_LISTED = 30;

/**
 * The message of an issue that its schema gives no message for: what the member must be. It follows the member's name, as in
 * `'name': must not be empty`.
 */
export function messageOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is required and must be ${TYPES[issue.expected] ?? issue.expected}`
        : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'unrecognized_keys':
      return unknownMember(issue.keys[0] ?? '', membersOf(issue.inst));
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return 'is not valid';
  }
}

function bound(origin: string, limit: number, relation: string): string {
  const amount = limit.toLocaleString('en-US');
  if (origin === 'string')
    return limit === 1 && relation === 'at least'
      ? 'must not be empty'
      : `must have ${relation} ${amount} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set')
    return `must have ${relation} ${amount} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${relation} ${amount}`;
}

function oneOf(values: string[], input: unknown): string {
  const required = input === undefined ? 'is required and ' : '';
  if (values.length === 1) return `${required}must be ${values[0]}`;
  return `${required}must be one of ${values.join(', ')}${typeof input === 'string' ? hint(input, values) : ''}`;
}

function unknownMember(name: string, known: string[]): string {
  if (known.length === 0) return 'is not known';
  const listed = known.length > MAX_LISTED ? '' : ` Known are ${known.join(', ')}`;
  return `is not known.${didYouMean(name, known)}${listed}`;
}

function hint(word: string, known: string[]): string {
  const near = didYouMean(word, known);
  return near === '' ? '' : `.${near}`;
}

function membersOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

z.config({ customError: messageOf });
