import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import type { IntentEntry, LedgerService, OpenAttempt, Outcome } from '../../ledger/ledger.service';

/** A ledger in memory, whose journal can refuse. */
export class CallLedger {
  readonly opened: { intent: IntentEntry; open: OpenAttempt }[] = [];
  readonly settled: { key: string; outcome: Outcome }[] = [];
  readonly recorded: { intent: IntentEntry; outcome: Outcome }[] = [];
  /** Whether the journal refuses. As the real one, it still notes the end of an attempt. */
  refuses = false;

  /** The outcome of the only attempt that was settled. */
  get outcome(): Outcome {
    const [only, second] = this.settled;
    if (!only || second) throw new Error(`${this.settled.length} attempts were settled, not 1`);
    return only.outcome;
  }

  asService(): LedgerService {
    return this as Pick<LedgerService, 'open' | 'settle' | 'record'> as LedgerService;
  }

  async open(intent: IntentEntry, inputTokens: number, holdPusd: PicoUsd): Promise<OpenAttempt> {
    this.answer();
    const open = {
      key: `${intent.request_id}.${intent.attempt}`,
      head: '',
      inputTokens,
      holdPusd,
    };
    this.opened.push({ intent, open });
    return open;
  }

  async settle({ key }: OpenAttempt, outcome: Outcome): Promise<void> {
    this.settled.push({ key, outcome });
    this.answer();
  }

  async record(intent: IntentEntry, outcome: Outcome): Promise<void> {
    this.answer();
    this.recorded.push({ intent, outcome });
  }

  private answer(): void {
    if (this.refuses) throw new GatewayError('unavailable');
  }
}
