import type { BatchObject } from '@thriftgate/contracts';
import type { LineState } from '../../database/schema';
import { type FinalStatus, finalStatus, type OpenStatus } from '../batch-state';
import type { EndedLine } from './output-line';

/** Why a batch has failed, in OpenAI's shape. */
export type BatchFault = NonNullable<BatchObject['errors']>['data'][number];

/** The status that a batch ends with; `errors` is null unless that is `failed`. */
export interface BatchEnd {
  status: FinalStatus;
  errors: BatchFault[] | null;
}

/** What the lines of a batch have in common at their end. */
export class LineEnds {
  private readonly states = new Set<LineState>();
  private readonly faults = new Map<string, BatchFault>();
  private hasResponse = false;

  add({ state, status, result, lineNo }: EndedLine): void {
    this.states.add(state);
    if (status !== null || state !== 'failed') this.hasResponse = true;
    if (this.hasResponse) return;
    const { code, message } = JSON.parse(result ?? '{}') as { code?: string; message?: string };
    const fault = { code: code ?? 'unknown', message: message ?? '', line: lineNo, param: null };
    if (!this.faults.has(fault.code)) this.faults.set(fault.code, fault);
  }

  /** A batch none of whose lines could be called has failed: its key was revoked, for example. */
  endOf(status: OpenStatus): BatchEnd {
    const end = finalStatus(status, this.states);
    if (end !== 'completed' || this.hasResponse) return { status: end, errors: null };
    return { status: 'failed', errors: [...this.faults.values()] };
  }
}
