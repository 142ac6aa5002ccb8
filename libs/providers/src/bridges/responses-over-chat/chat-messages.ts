import { isRecord, type JsonRecord } from '../../json-record';
import { fromEncryptedContent } from '../../responses/own-reasoning';
import { assistantContent, chatContent, isText } from './chat-parts';
import { unsupported } from './chat-tools';
import { listOf } from './response-items';

/** A tool's result has text only in chat completions: its pictures and files follow in a message of the user. */
interface ToolAttachments {
  callId: unknown;
  parts: JsonRecord[];
}

/**
 * Instructions and input items as messages of chat completions. Items of one turn of the assistant become one message.
 *
 * @throws InvalidRequestError that names the member
 * @throws UnsupportedMemberError for items that chat completions do not have
 */
export function chatMessages({ instructions, input }: JsonRecord): JsonRecord[] {
  const messages = new MessageList();
  if (isText(instructions)) messages.add({ role: 'system', content: instructions });
  if (isText(input)) messages.add({ role: 'user', content: input });
  const items: unknown[] = Array.isArray(input) ? input : [];
  for (const [index, item] of items.entries()) if (isRecord(item)) messages.addItem(item, `input[${index}]`);
  return messages.end();
}

class MessageList {
  readonly #messages: JsonRecord[] = [];
  /** The turn of the assistant that the next items may continue. */
  #turn: JsonRecord | undefined;
  #attachments: ToolAttachments[] = [];

  addItem(item: JsonRecord, param: string): void {
    switch (item.type ?? 'message') {
      case 'message':
        if (item.role === 'assistant') this.#addWritten(item);
        else this.add({ role: item.role, content: chatContent(item.content, `${param}.content`) });
        break;
      case 'function_call':
        this.#addCall(item);
        break;
      case 'function_call_output':
        this.#addResult(item, `${param}.output`);
        break;
      case 'reasoning':
        this.#addReasoning(item);
        break;
      default:
        throw unsupported(`An item of type "${String(item.type)}"`, `${param}.type`);
    }
  }

  add(message: JsonRecord): void {
    this.#endTurn();
    this.#endResults();
    this.#messages.push(message);
  }

  end(): JsonRecord[] {
    this.#endTurn();
    this.#endResults();
    return this.#messages;
  }

  #addWritten({ content }: JsonRecord): void {
    // Two texts in a row are two messages, but calls must not be parted from their results.
    if (this.#turn?.content !== undefined && this.#turn.tool_calls === undefined) this.#endTurn();
    const turn = this.#openTurn();
    const { content: text, refusal } = assistantContent(content);
    if (text !== undefined) turn.content = turn.content === undefined ? text : `${String(turn.content)}${text}`;
    if (refusal !== undefined) turn.refusal = refusal;
  }

  #addCall({ call_id: id, name, arguments: written }: JsonRecord): void {
    const turn = this.#openTurn();
    turn.tool_calls = [...listOf(turn.tool_calls), { id, type: 'function', function: { name, arguments: written } }];
  }

  /** Reasoning that this gateway did not write belongs to another vendor, which alone can read it. */
  #addReasoning(item: JsonRecord): void {
    const carried = fromEncryptedContent(item.encrypted_content);
    if (!carried) return;
    const turn = this.#openTurn();
    const { reasoning_content: written, reasoning_details: details } = carried;
    if (written) turn.reasoning_content = String(turn.reasoning_content ?? '') + written;
    if (details) turn.reasoning_details = [...listOf(turn.reasoning_details), ...details];
  }

  #addResult({ call_id: id, output }: JsonRecord, param: string): void {
    this.#endTurn();
    const content = chatContent(output, param);
    const parts: JsonRecord[] = Array.isArray(content) ? content : [];
    const attached = parts.filter(({ type }) => type !== 'text');
    if (attached.length > 0) this.#attachments.push({ callId: id, parts: attached });
    const texts = parts.filter(({ type }) => type === 'text');
    const [text] = texts;
    const shown = attached.length === 0 ? content : texts.length === 1 ? text?.text : texts;
    this.#messages.push({ role: 'tool', tool_call_id: id, content: isEmptyList(shown) ? SEE_BELOW : shown });
  }

  #openTurn(): JsonRecord {
    this.#endResults();
    return (this.#turn ??= { role: 'assistant' });
  }

  /** A turn of reasoning alone is left out: the model wrote nothing. */
  #endTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn && (turn.content ?? turn.refusal ?? turn.tool_calls) !== undefined)
      this.#messages.push({ ...turn, content: turn.content ?? null });
  }

  #endResults(): void {
    for (const { callId, parts } of this.#attachments) {
      const text = `Attached to the result of the tool call ${String(callId)}:`;
      this.#messages.push({ role: 'user', content: [{ type: 'text', text }, ...parts] });
    }
    this.#attachments = [];
  }
}

const SEE_BELOW = 'See the attachment in the next message.';

function isEmptyList(content: unknown): boolean {
  return Array.isArray(content) && content.length === 0;
}
