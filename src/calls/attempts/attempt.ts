import type { Hold } from '../../budgets/holds/hold';
import type { Deployment } from '../../models/model';
import type { Price } from '../../pricing/price';
import type { OpenAttempt } from '../../ledger/ledger.service';
import type { ResolvedCall } from './resolved-call';

/** A try whose intent is in the journal and whose end is not. */
export interface Attempt {
  question: ResolvedCall;
  deployment: Deployment;
  attempt: number;
  open: OpenAttempt;
  /** What the try is charged by, looked up once. */
  price: Price;
  /** The price of the model that was asked for, where a budget sent the call to another one. */
  askedPrice: Price | undefined;
  /** The money that budgets keep for the try; undefined where none applies. */
  hold: Hold | undefined;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Milliseconds from the start to the first content; null while none has come. */
  ttftMs: number | null;
  /** Whether its answer is kept for those who ask the same; known once it is settled. */
  stored: boolean;
  /** True once the end is written or on its way to the journal; an attempt is ended once. */
  ended: boolean;
}
