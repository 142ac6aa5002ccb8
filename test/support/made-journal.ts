import { join } from 'node:path';
import { Clock } from '../../src/common/clock';
import { newRequestId } from '../../src/common/ids';
import type { DataDirectory } from '../../src/config/data-directory';
import type { GatewayConfig } from '../../src/config/gateway-config';
import { Journal } from '../../src/ledger/journal/journal.service';
import { type IntentEntry, LedgerService, type Outcome } from '../../src/ledger/ledger.service';

/** A team, a key and a budget window to which many instances write at the same time. */
export interface Payer {
  teamId: string;
  keyId: string;
  /** The key of a budget window: `budget id@unix seconds`. */
  window: string;
}

/** The sums of a journal. */
export interface JournalSums {
  rows: number;
  unknown: number;
  costPusd: Map<string, bigint>;
}

const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini'];
const PROVIDERS = ['openai', 'backup'];
const HOLD_PUSD = 9_000_000n;
/** Lines per write. */
const GROUP = 500;
/** One in this many attempts has no settlement: the process died while it ran. */
const OPEN_EVERY = 50;

/** Writes the journal of an instance that died into the data directory of the next start. */
export async function makeJournal(
  dataDirectory: string,
  payers: readonly Payer[],
  rows: number,
  random: () => number,
): Promise<JournalSums> {
  const resolve = (...parts: string[]) => join(dataDirectory, ...parts);
  const config = { journal: { fsync: 'interval', maxBytes: Infinity } } as GatewayConfig;
  const journal = new Journal({ resolve } as DataDirectory, config);
  const ledger = new LedgerService(journal, new Clock());
  const sums: JournalSums = { rows, unknown: 0, costPusd: new Map() };
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  for (let done = 0; done < rows; done += GROUP) {
    const group = Array.from({ length: Math.min(GROUP, rows - done) }, async (_, at) => {
      const payer = one(payers);
      const open = await ledger.open(intentOf(payer, one(MODELS), one(PROVIDERS)), 10, HOLD_PUSD);
      const isOpen = (done + at) % OPEN_EVERY === 0;
      const costPusd = isOpen ? HOLD_PUSD : BigInt(1 + Math.floor(random() * 8_000_000));
      if (isOpen) sums.unknown += 1;
      else await ledger.settle(open, outcomeOf(costPusd));
      sums.costPusd.set(payer.teamId, (sums.costPusd.get(payer.teamId) ?? 0n) + costPusd);
    });
    await Promise.all(group);
  }
  journal.onApplicationShutdown();
  return sums;
}

export function intentOf({ teamId, keyId, window }: Payer, model: string, provider: string): IntentEntry {
  return {
    request_id: newRequestId(),
    attempt: 1,
    team_id: teamId,
    key_id: keyId,
    model,
    provider,
    upstream_model: model,
    endpoint: '/v1/chat/completions',
    stream: false,
    cache_status: 'MISS',
    cache_generation: 1,
    question: null,
    price_id: null,
    charged: [window],
    batch_id: null,
    custom_id: null,
    tags: null,
  };
}

export function outcomeOf(costPusd: bigint): Outcome {
  return {
    state: 'settled',
    status: 200,
    upstreamModel: 'answered',
    usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
    listCostPusd: costPusd,
    costPusd,
    savedBy: null,
    estimated: false,
    errorCode: null,
    uncached: null,
    latencyMs: 10,
    ttftMs: null,
  };
}
