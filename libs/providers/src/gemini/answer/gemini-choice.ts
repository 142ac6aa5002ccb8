import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { UpstreamCall, VendorTurn } from '../../translator';
import { callerFunctionName, GEMINI_FORMAT, ownCallId } from '../gemini-format';

/** One candidate of a response as it grows: its parts become deltas of OpenAI's shape. */
export class GeminiChoice {
  readonly #callIds: string[] = [];
  /** The parts as the vendor sent them; texts without a signature are joined. */
  readonly #parts: JsonRecord[] = [];
  #details = -1;
  #thinks = false;
  #images = 0;
  #signed = false;

  /** @param nextCall counts the calls of all choices */
  constructor(
    private readonly call: Pick<UpstreamCall, 'body' | 'requestId'>,
    private readonly nextCall: () => number,
  ) {}

  get hasCalls(): boolean {
    return this.#callIds.length > 0;
  }

  /** The vendor's turn, which the next request of a conversation with calls needs; undefined without calls or signatures. */
  get turn(): { toolCallIds: string[]; turn: VendorTurn } | undefined {
    if (!this.hasCalls || !this.#signed) return undefined;
    // As text: no store of JSON then changes a number or the order of members.
    const turn = { format: GEMINI_FORMAT, content: String(stringifyExact(this.#parts)) };
    return { toolCallIds: this.#callIds, turn };
  }

  /** The delta of a part, a mere text as it is; undefined for a part without content for the caller, as one of a new kind. */
  deltaOf(part: JsonRecord): JsonRecord | string | undefined {
    this.#keep(part);
    const signature = nonEmptyString(part.thoughtSignature);
    if (isRecord(part.functionCall)) return this.#calls(part.functionCall, signature);
    const isThought = part.thought === true;
    const text = typeof part.text === 'string' ? part.text : undefined;
    if (isThought) return text === undefined ? undefined : this.#thought(text, signature);
    this.#thinks = false;
    if (isRecord(part.inlineData)) return { ...this.#image(part.inlineData), ...this.#encrypted(signature, null) };
    if (signature === undefined) return text === '' ? undefined : text;
    return { ...(text && { content: text }), ...this.#encrypted(signature, null) };
  }

  #keep(part: JsonRecord): void {
    this.#signed ||= nonEmptyString(part.thoughtSignature) !== undefined;
    const last = this.#parts.at(-1);
    if (isPlainText(part) && part.text === '') return;
    if (last && isPlainText(part) && isPlainText(last) && part.thought === last.thought)
      last.text = `${String(last.text)}${String(part.text)}`;
    else this.#parts.push({ ...part });
  }

  #thought(text: string, signature: string | undefined): JsonRecord | undefined {
    if (text === '' && signature === undefined) return undefined;
    if (!this.#thinks) this.#details += 1;
    // What comes after a signature is another block.
    this.#thinks = signature === undefined;
    const detail = { type: 'reasoning.text', text, ...(signature !== undefined && { signature }) };
    return {
      ...(text !== '' && { reasoning_content: text }),
      reasoning_details: [{ ...detail, id: null, format: GEMINI_FORMAT, index: this.#details }],
    };
  }

  #calls({ id, name, args }: JsonRecord, signature: string | undefined): JsonRecord {
    this.#thinks = false;
    const at = this.nextCall();
    const callId = nonEmptyString(id) ?? ownCallId(this.call.requestId, at);
    const index = this.#callIds.push(callId) - 1;
    const called = {
      name: callerFunctionName(this.call.body, typeof name === 'string' ? name : ''),
      arguments: String(stringifyExact(args ?? {})),
    };
    const extra = signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
    return {
      ...this.#encrypted(signature, callId),
      tool_calls: [{ index, id: callId, type: 'function', function: called, ...extra }],
    };
  }

  /** @param id of the call that the signature belongs to; null for a text's */
  #encrypted(signature: string | undefined, id: string | null): JsonRecord {
    if (signature === undefined) return {};
    this.#details += 1;
    const detail = { type: 'reasoning.encrypted', data: signature, id, format: GEMINI_FORMAT, index: this.#details };
    return { reasoning_details: [detail] };
  }

  /** A picture in the answer, as other gateways give it. @see https://openrouter.ai/docs/features/multimodal/image-generation */
  #image({ mimeType, data }: JsonRecord): JsonRecord {
    if (typeof mimeType !== 'string' || typeof data !== 'string') return {};
    const image = { type: 'image_url', image_url: { url: `data:${mimeType};base64,${data}` }, index: this.#images };
    this.#images += 1;
    return { images: [image] };
  }
}

/** Whether a part has a text or a thought and nothing else. */
function isPlainText(part: JsonRecord): boolean {
  return typeof part.text === 'string' && Object.keys(part).every((name) => name === 'text' || name === 'thought');
}
