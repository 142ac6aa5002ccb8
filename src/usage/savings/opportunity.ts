import type { PicoUsd } from '../../common/money';
import type { MissedSaving } from './savings.repository';

/** A cost that can be avoided, with what is to be changed. */
export interface Opportunity extends MissedSaving {
  kind: 'repeated_question' | 'deferrable_traffic';
  couldSavePusd: PicoUsd;
  setting: string;
}
