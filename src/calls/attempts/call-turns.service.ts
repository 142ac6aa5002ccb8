import { Injectable } from '@nestjs/common';
import type { Translator, VendorTurn } from '@thriftgate/providers';
import { type KeptTurn, VendorTurns } from '../../cache/turns/vendor-turns.store';
import type { Deployment } from '../../models/model';
import type { ConfiguredProvider } from '../../providers/provider';
import type { PreparedCall } from '../prepared-call';

/** What a call needs of its conversation where the vendor needs its own turns back. */
export interface TurnsOfCall {
  turns: Promise<ReadonlyMap<string, VendorTurn> | undefined> | undefined;
  store: ((kept: KeptTurn) => void) | undefined;
}

const NO_TURNS: TurnsOfCall = { turns: undefined, store: undefined };

/** Earlier turns of calls, and what stores the next one: for vendors that need their own turns back. */
@Injectable()
export class CallTurns {
  constructor(private readonly turns: VendorTurns) {}

  of(
    { call }: PreparedCall,
    { upstreamModel }: Deployment,
    { name, apiKey }: ConfiguredProvider,
    translator: Translator,
  ): TurnsOfCall {
    if (!translator.keepsTurns?.(upstreamModel)) return NO_TURNS;
    const owner = { teamId: call.caller.teamId, provider: name, credential: apiKey };
    const ids = call.endpoint.turnIds(call.body);
    return {
      turns: ids.length > 0 ? this.turns.find(owner, ids) : undefined,
      store: (kept) => void this.turns.store(owner, kept),
    };
  }
}
