import { isRecord, type JsonRecord } from '../../json-record';
import { takenName } from '../anthropic-names';
import { cacheMark } from './anthropic-marks';
import { contentBlocks, textBlocks } from './anthropic-parts';
import { assistantTurn, hasThinking } from './anthropic-turns';
import { isText, type Translation, unsupported, wrong } from './translation';

/** A conversation as Anthropic takes it. */
export interface Conversation {
  system: JsonRecord[];
  messages: JsonRecord[];
}

const SYSTEM_ROLES: ReadonlySet<unknown> = new Set(['system', 'developer']);
const TOOL_ROLES: ReadonlySet<unknown> = new Set(['tool']);
/** Around the text of a system message that cannot stay one. */
const [INSTRUCTION, INSTRUCTION_END] = ['<system>\n', '\n</system>'];

/**
 * Translates the messages one after another and changes none when a later one is added, so that a conversation keeps its
 * place in the vendor's prompt cache. Messages of one role stay apart; Anthropic joins them.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function conversation(body: JsonRecord, translation: Translation): Conversation {
  return new ConversationWriter(body, translation).write();
}

/** Whether the last message of the assistant waits for its tools and has no thinking to go back. */
export function openTurnLacksThinking({ messages }: JsonRecord, translation: Translation): boolean {
  if (!Array.isArray(messages)) return false;
  const last = messages.findLastIndex((each) => isRecord(each) && each.role === 'assistant');
  const isOpen = last >= 0 && messages.slice(last + 1).every((each) => isRecord(each) && each.role === 'tool');
  return isOpen && !hasThinking(messages[last], `messages.${last}`, translation);
}

/** The names of the tools that earlier turns have called, in the order of their first calls. */
export function calledTools({ messages }: JsonRecord): Set<string> {
  const calls = (Array.isArray(messages) ? messages : []).flatMap((message: unknown) =>
    isRecord(message) && Array.isArray(message.tool_calls) ? message.tool_calls : [],
  );
  const names = calls.map((call: unknown) => (isRecord(call) && isRecord(call.function) ? call.function.name : ''));
  return new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''));
}

class ConversationWriter {
  private readonly given: readonly unknown[];
  private readonly system: JsonRecord[] = [];
  private readonly messages: JsonRecord[] = [];

  constructor(
    { messages }: JsonRecord,
    private readonly translation: Translation,
  ) {
    this.given = Array.isArray(messages) ? messages : [];
  }

  write(): Conversation {
    let at = this.endOfRun(0, SYSTEM_ROLES);
    this.system.push(...this.systemBlocks(0, at));
    while (at < this.given.length) at = this.translate(at);
    if (this.messages.length === 0) throw wrong('messages', 'must have a message of the user that is not empty');
    this.checkEnd();
    return { system: this.system, messages: this.messages };
  }

  /** @returns the index of the next message */
  private translate(at: number): number {
    const message = this.messageAt(at);
    const param = `messages.${at}`;
    switch (message.role) {
      case 'user':
        this.push('user', contentBlocks(message.content, `${param}.content`, this.translation), message);
        return at + 1;
      case 'assistant':
        return this.assistant(message, at);
      case 'system':
      case 'developer':
        return this.laterSystem(at);
      case 'tool':
        throw wrong(param, 'must follow the message of the assistant whose tool_calls it answers');
      case 'function':
        throw unsupported(`${param}.role`, 'is the older form of a tool; send tools, tool_calls and the role "tool"');
      default:
        throw wrong(`${param}.role`, 'must be one of system, developer, user, assistant, tool');
    }
  }

  private assistant(message: JsonRecord, at: number): number {
    const param = `messages.${at}`;
    if (isRecord(message.function_call))
      throw unsupported(`${param}.function_call`, 'is the older form of a tool call; send tool_calls');
    const { blocks, callIds } = assistantTurn(message, param, this.translation);
    this.push('assistant', blocks, message);
    if (callIds.length === 0) return at + 1;
    const end = this.endOfRun(at + 1, TOOL_ROLES);
    const results = this.given.slice(at + 1, end).map((_, index) => this.toolResult(at + 1 + index, callIds));
    const answered = new Set(results.map((result) => result.tool_use_id));
    const missing = callIds.find((id) => !answered.has(takenName(id)));
    if (missing !== undefined)
      throw wrong(
        `${param}.tool_calls`,
        `must be followed by a message of the role "tool" for each call; "${missing}" has none`,
      );
    this.messages.push({ role: 'user', content: results });
    return end;
  }

  private toolResult(at: number, callIds: readonly string[]): JsonRecord {
    const message = this.messageAt(at);
    const { tool_call_id: id, content } = message;
    if (typeof id !== 'string' || !callIds.includes(id))
      throw wrong(`messages.${at}.tool_call_id`, 'must be the id of a call in the message before');
    const result = isText(content) ? content : contentBlocks(content, `messages.${at}.content`, this.translation);
    return {
      type: 'tool_result',
      tool_use_id: takenName(id),
      ...(result.length > 0 && { content: result }),
      ...cacheMark(message),
    };
  }

  /**
   * A system message after others stays in its place: moved to the front it would change what the model has read. Where the
   * model takes none there, it is a text of the user, and reported.
   *
   * @see https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system
   */
  private laterSystem(at: number): number {
    const end = this.endOfRun(at, SYSTEM_ROLES);
    const blocks = this.systemBlocks(at, end);
    const next = this.given[end];
    const isInPlace = this.messages.at(-1)?.role === 'user' && (next === undefined || isOf(next, 'assistant'));
    if (this.translation.model.laterSystem && isInPlace) this.push('system', blocks);
    else if (blocks.length > 0) {
      this.translation.dropped.add('messages.role');
      const instructions = blocks.map((block) => ({
        ...block,
        text: `${INSTRUCTION}${String(block.text)}${INSTRUCTION_END}`,
      }));
      this.push('user', instructions);
    }
    return end;
  }

  private systemBlocks(start: number, end: number): JsonRecord[] {
    return this.given.slice(start, end).flatMap((_, index) => {
      const message = this.messageAt(start + index);
      return marked(textBlocks(message.content, `messages.${start + index}.content`), message);
    });
  }

  private endOfRun(start: number, roles: ReadonlySet<unknown>): number {
    let end = start;
    while (end < this.given.length && roles.has(this.messageAt(end).role)) end += 1;
    return end;
  }

  private messageAt(at: number): JsonRecord {
    const message = this.given[at];
    if (!isRecord(message)) throw wrong(`messages.${at}`, 'must be an object');
    return message;
  }

  /** Anthropic refuses messages without content: an empty one says nothing. */
  private push(role: string, content: JsonRecord[], given: JsonRecord = {}): void {
    if (given.name !== undefined && given.name !== null) this.translation.dropped.add('messages.name');
    if (content.length > 0) this.messages.push({ role, content: marked(content, given) });
  }

  private checkEnd(): void {
    const last = this.messages.at(-1);
    if (last?.role !== 'assistant') return;
    const end = this.given.length - 1;
    if (!isOf(this.given[end], 'assistant')) throw wrong(`messages.${end}.content`, 'must not be empty');
    if (!this.translation.model.prefill)
      throw unsupported(
        `messages.${end}`,
        "is the assistant's: this model does not continue it; end with a message of the user",
      );
    const content = last.content as JsonRecord[];
    const text = content.at(-1);
    if (!isText(text?.text)) return;
    // Anthropic refuses white space at the end of a text that the model continues.
    const trimmed = String(text.text).trimEnd();
    if (trimmed === '') content.pop();
    else text.text = trimmed;
    if (content.length === 0) this.messages.pop();
  }
}

/** The blocks with the mark of their message at the last one, where that has none. */
function marked(blocks: JsonRecord[], message: JsonRecord): JsonRecord[] {
  const last = blocks.at(-1);
  if (last && last.cache_control === undefined) Object.assign(last, cacheMark(message));
  return blocks;
}

function isOf(message: unknown, role: string): boolean {
  return isRecord(message) && message.role === role;
}
