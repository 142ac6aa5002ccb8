import type { JsonRecord } from '../../json-record';
import type { Reply } from '../../translator';
import { CLAUDE_FORMAT } from '../anthropic-names';

/** Collects the blocks of an answer in their order: what a client may drop, and a later request needs. */
export class AnswerTurn {
  private readonly blocks: JsonRecord[] = [];
  private readonly toolCallIds: string[] = [];
  /** Of all texts so far, in UTF-16 units. */
  textLength = 0;

  /** @param block may still grow @returns its place among the blocks */
  add(block: JsonRecord): number {
    if (block.type === 'tool_use' && typeof block.id === 'string') this.toolCallIds.push(block.id);
    return this.blocks.push(block) - 1;
  }

  /** Undefined for a turn without thinking, or one that waits for no tool: nothing is missing in its message. */
  toPutBack(): Reply['turn'] {
    const hasThinking = this.blocks.some(({ type }) => type !== 'text' && type !== 'tool_use');
    if (!hasThinking || this.toolCallIds.length === 0) return undefined;
    return { toolCallIds: [...this.toolCallIds], turn: { format: CLAUDE_FORMAT, content: this.blocks } };
  }
}
