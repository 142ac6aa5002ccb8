import { InvalidRequestError } from '../../endpoint';
import { LongText } from '../../passed-values';
import { UnsupportedMemberError, type VendorTurn } from '../../translator';
import type { ClaudeModel } from '../anthropic-models';

/** What the parts of a translation share. */
export interface Translation {
  readonly model: ClaudeModel;
  /** Members that the request to Anthropic lacks. */
  readonly dropped: Set<string>;
  /** Whether the reasoning of earlier turns goes back: Anthropic takes all of it or none. */
  readonly keepsThinking: boolean;
  readonly turns: ReadonlyMap<string, VendorTurn> | undefined;
}

/** A text of the body; one of a large body is not copied. */
export type Text = string | LongText;

export function isText(value: unknown): value is Text {
  return typeof value === 'string' || value instanceof LongText;
}

export function isFilled(value: unknown): value is Text {
  return isText(value) && value.length > 0;
}

/** Whether a text is empty or white space alone. A long one is never. */
export function isBlank(text: Text): boolean {
  return typeof text === 'string' ? text.trim() === '' : text.length === 0;
}

/** @param param the wrong member, for example `messages.0.content` */
export function wrong(param: string, problem: string): InvalidRequestError {
  return new InvalidRequestError(`'${param}' ${problem}.`, param);
}

/** @param problem what Anthropic lacks, and what to do */
export function unsupported(param: string, problem: string): UnsupportedMemberError {
  return new UnsupportedMemberError(`'${param}' ${problem}.`, param);
}
