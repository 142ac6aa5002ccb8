import { ThriftgateClient } from '../../thriftgate-client';
import { Amounts } from '../terminal/amounts';
import type { Terminal } from '../terminal/terminal';
import type { Messages } from '../text/messages-en';
import type { Settings } from './settings';
import { sentenceOf } from './trouble';

/** What every command works with. */
export class Session {
  readonly client: ThriftgateClient;
  readonly amounts: Amounts;

  /** @param signal aborts with the reason Interrupted at Ctrl-C */
  constructor(
    readonly settings: Settings,
    readonly terminal: Terminal,
    readonly messages: Messages,
    readonly signal: AbortSignal,
  ) {
    this.client = new ThriftgateClient(settings);
    this.amounts = new Amounts(messages);
  }

  /** Says that a call failed and is made again after a pause, in seconds. */
  readonly noteRetry = (error: unknown, seconds: number): void => {
    const reason = sentenceOf(error, this.settings.baseUrl, this.messages);
    this.terminal.progress.show(this.messages.progress.retrying(reason, this.amounts.duration(seconds)));
  };
}
