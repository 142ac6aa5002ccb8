import type { BatchLimits } from '@thriftgate/providers';
import type { PicoUsd } from '../../common/money';
import type { Deployment } from '../../models/model';

/** Some room for what the vendor may count besides. */
const FILLED_SHARE = 0.95;
/** A shard is read, sent and settled as one; smaller ones end earlier. */
const MOST_LINES = 10_000;

/** A part of a batch that one vendor's batch is to run. */
export interface PlannedShard {
  id: string;
  deployment: Deployment;
  /** The stored key of the provider whose account has the batch; null for the provider's only one. */
  providerKey: string | null;
  lineNos: number[];
  /** The ids of their calls, in the same order. */
  requestIds: string[];
  bytes: number;
  /** Of lines for embeddings. */
  inputs: number;
  worstPusd: PicoUsd;
}

/** A line that a vendor's batch can run. */
export interface DeferrableLine {
  lineNo: number;
  requestId: string;
  deployment: Deployment;
  providerKey: string | null;
  /** Lines of different groups cannot be in one batch of the vendor. */
  group: string;
  limits: BatchLimits;
  bytes: number;
  /** Of a line for embeddings; 0 for any other. */
  inputs: number;
  worstPusd: PicoUsd;
}

/** How the lines of a batch run: what is in neither list runs as a live call. */
export class BatchPlan {
  readonly shards: PlannedShard[] = [];
  readonly sameAs: { lineNo: number; sameAs: number }[] = [];
  /** Lines that wait for hours that cost less, in milliseconds since 1970. */
  readonly waiting: { lineNo: number; fromMs: number }[] = [];
  /** The shard that lines of a group are added to. */
  private readonly open = new Map<string, PlannedShard>();
  /** The first line of each question. */
  private readonly firsts = new Map<string, number>();

  /** @param newShardId makes ids of one length */
  constructor(private readonly newShardId: () => string) {}

  /** Whether an earlier line asks the same; then this one waits for its answer. */
  isSame(lineNo: number, question: string): boolean {
    const first = this.firsts.get(question);
    if (first === undefined) this.firsts.set(question, lineNo);
    else this.sameAs.push({ lineNo, sameAs: first });
    return first !== undefined;
  }

  /** Puts a line into a shard that has room for it. */
  defer({ lineNo, requestId, deployment, providerKey, group, limits, bytes, inputs, worstPusd }: DeferrableLine): void {
    const name = [deployment.publicName, deployment.id, providerKey ?? '', group].join('\n');
    let shard = this.open.get(name);
    const hasRoom =
      shard &&
      shard.lineNos.length < Math.min(limits.lines, MOST_LINES) &&
      shard.bytes + bytes <= limits.bytes * FILLED_SHARE &&
      shard.inputs + inputs <= (limits.inputs ?? Infinity);
    if (!shard || !hasRoom) {
      shard = {
        id: this.newShardId(),
        deployment,
        providerKey,
        lineNos: [],
        requestIds: [],
        bytes: 0,
        inputs: 0,
        worstPusd: 0n,
      };
      this.shards.push(shard);
      this.open.set(name, shard);
    }
    shard.lineNos.push(lineNo);
    shard.requestIds.push(requestId);
    shard.bytes += bytes;
    shard.inputs += inputs;
    shard.worstPusd += worstPusd;
  }
}
