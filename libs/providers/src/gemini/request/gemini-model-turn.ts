import { InvalidRequestError } from '../../endpoint';
import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import { wholeText } from '../../passed-values';
import { UnsupportedMemberError, type VendorTurn } from '../../translator';
import { GEMINI_FORMAT, signatureOfCall, vendorCallId, vendorFunctionName } from '../gemini-format';
import { contentParts, type MessageContext } from './gemini-user-parts';

/** In place of a signature that a client has lost, or of history from another vendor. @see https://ai.google.dev/gemini-api/docs/thought-signatures#faqs */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** A call of a function in an assistant's message. */
export interface CalledFunction {
  /** The caller's id. */
  id: string;
  /** As the vendor takes it. */
  name: string;
  args: JsonRecord;
  signature: string | undefined;
}

export interface TurnContext extends MessageContext {
  turns: ReadonlyMap<string, VendorTurn> | undefined;
}

/**
 * The parts of an assistant's message: the vendor's own where its turn is known and the message has not changed, else those
 * that the message tells.
 *
 * @param path of the message, for example `messages[2]`
 */
export function modelParts(
  message: JsonRecord,
  calls: readonly CalledFunction[],
  path: string,
  context: TurnContext,
): JsonRecord[] {
  const text = contentParts(message.content ?? message.refusal, `${path}.content`, context);
  return originalParts(text, calls, context.turns) ?? toldParts(message, text, calls, context);
}

/** @throws InvalidRequestError for a call whose arguments are no JSON object */
export function callsOf(message: JsonRecord, path: string): CalledFunction[] {
  if (message.function_call)
    throw new UnsupportedMemberError(`'${path}.function_call' is not translated for Gemini. Use tool_calls.`, path);
  const calls = message.tool_calls;
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) throw new InvalidRequestError(`'${path}.tool_calls' must be an array.`, path);
  return calls.map((call: unknown, index) => calledFunction(call, `${path}.tool_calls[${index}]`));
}

function calledFunction(call: unknown, path: string): CalledFunction {
  if (!isRecord(call)) throw new InvalidRequestError(`'${path}' must be an object.`, path);
  const { id, type, function: called } = call;
  if (type !== undefined && type !== 'function')
    throw new UnsupportedMemberError(
      `'${path}.type' is ${JSON.stringify(type)}, which the gateway cannot translate for Gemini.`,
      `${path}.type`,
    );
  const name = isRecord(called) ? nonEmptyString(called.name) : undefined;
  if (!isRecord(called) || name === undefined)
    throw new InvalidRequestError(`'${path}.function.name' is required.`, `${path}.function.name`);
  return {
    id: typeof id === 'string' ? id : '',
    name: vendorFunctionName(name),
    args: argumentsOf(called.arguments, `${path}.function.arguments`),
    signature: signatureOfCall(call),
  };
}

function argumentsOf(given: unknown, path: string): JsonRecord {
  const text = given === undefined || given === null ? '' : String(given).trim();
  const args = text === '' ? {} : exactOrUndefined(text);
  if (isRecord(args)) return args;
  throw new InvalidRequestError(`'${path}' must be the text of a JSON object.`, path);
}

function exactOrUndefined(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

/** The vendor's own parts; undefined where they are not known, or where the caller has changed text or calls. */
function originalParts(
  text: readonly JsonRecord[],
  calls: readonly CalledFunction[],
  turns: TurnContext['turns'],
): JsonRecord[] | undefined {
  const turn = turns?.get(calls[0]?.id ?? '');
  if (turn?.format !== GEMINI_FORMAT || typeof turn.content !== 'string') return undefined;
  const parts = exactOrUndefined(turn.content);
  if (!Array.isArray(parts) || !parts.every(isRecord)) return undefined;
  return sameText(parts, text) && sameCalls(parts, calls) ? parts : undefined;
}

function sameText(parts: readonly JsonRecord[], text: readonly JsonRecord[]): boolean {
  const textOf = (all: readonly JsonRecord[]) =>
    all.map((part) => (part.thought ? '' : String(part.text ?? ''))).join('');
  return textOf(parts) === textOf(text);
}

function sameCalls(parts: readonly JsonRecord[], calls: readonly CalledFunction[]): boolean {
  const original = parts.map(({ functionCall }) => functionCall).filter(isRecord);
  return (
    original.length === calls.length &&
    calls.every(({ id, name, args }, index) => {
      const first = original[index];
      const sameId = first?.id === undefined || first.id === id;
      return sameId && first?.name === name && jsonOf(first.args ?? {}) === jsonOf(args);
    })
  );
}

function jsonOf(value: unknown): string {
  return String(stringifyExact(value));
}

/** Reasoning, text and calls in the order in which Gemini writes them, each signature at its part. */
function toldParts(
  message: JsonRecord,
  text: JsonRecord[],
  calls: readonly CalledFunction[],
  { can }: TurnContext,
): JsonRecord[] {
  const { thoughts, textSignature, byCall } = reasoningOf(message);
  const signatures: (string | undefined)[] = calls.map(({ id, signature }) => signature ?? byCall.get(id));
  if (can.needsSignatures && calls.length > 0 && !signatures.some((each) => each !== undefined))
    signatures[0] = NO_SIGNATURE;
  const signed = (index: number) => signatures[index] !== undefined && { thoughtSignature: signatures[index] };
  return [
    ...(can.thinking.by === 'nothing' ? [] : thoughts),
    ...text,
    // Gemini itself sends the signature of a text in an empty part after it.
    ...(textSignature === undefined ? [] : [{ text: '', thoughtSignature: textSignature }]),
    ...calls.map(({ id, name, args }, index) => ({
      functionCall: { id: vendorCallId(id), name, args },
      ...signed(index),
    })),
  ];
}

interface Reasoning {
  thoughts: JsonRecord[];
  textSignature: string | undefined;
  /** Signatures by the ids of their calls. */
  byCall: Map<string, string>;
}

/** Reasoning in `reasoning_details` of this vendor, else the text of `reasoning_content`. */
function reasoningOf(message: JsonRecord): Reasoning {
  const { reasoning_details: details, reasoning_content: content } = message;
  const found: Reasoning = { thoughts: [], textSignature: undefined, byCall: new Map() };
  const own = Array.isArray(details) ? details.filter(isRecord).filter(({ format }) => format === GEMINI_FORMAT) : [];
  for (const { type, text, signature, data, id } of own) {
    if (type === 'reasoning.text' && (wholeText(text) ?? wholeText(signature)) !== undefined)
      found.thoughts.push({ text: text ?? '', thought: true, thoughtSignature: wholeText(signature) });
    const encrypted = type === 'reasoning.encrypted' ? wholeText(data) : undefined;
    if (encrypted === undefined) continue;
    if (typeof id === 'string' && id !== '') found.byCall.set(id, encrypted);
    else found.textSignature = encrypted;
  }
  const text = wholeText(content);
  if (own.length === 0 && text !== undefined) found.thoughts.push({ text, thought: true });
  return found;
}
