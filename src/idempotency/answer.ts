import type { Writer } from './idempotency.repository';

/** A longer answer goes out and is not kept. */
export const KEPT_BYTES = 16 * 1024 * 1024;

/** An answer that is there as a whole: it can be kept and given again. */
export interface WholeAnswer {
  kind: 'whole';
  status: number;
  /** Only those that belong to the answer, not to the call that it was given to. */
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer that goes out as it comes, with status 200. */
export interface StreamedAnswer {
  kind: 'stream';
  headers: Record<string, string>;
  /** Must not throw: a stream that breaks says so in its last text. */
  texts: AsyncGenerator<string, void, undefined>;
}

export type Answer = WholeAnswer | StreamedAnswer;

/** What is done once under a key. */
export interface Execution {
  /** True where running it again does no harm as long as its answer is not kept. */
  repeatable: boolean;
  /** The end of a stream's last text, by which it is known that nothing follows. */
  lastText?: string;
  /** @param keep writes the answer in a transaction of the execution's own, so that there is both or neither */
  run(keep: (answer: WholeAnswer, writer: Writer) => Promise<void>): Promise<Answer>;
  /** Asked after a failure: whether something of it may have been charged. */
  mayBeCharged(): boolean;
}
