import { Injectable } from '@nestjs/common';
import { type AbortSignalLike, byteLengthOf, endpointAt, type JsonBody, parseExact } from '@thriftgate/providers';
import type { Call } from '../../calls/call';
import { FailedCosts } from '../../calls/failed-costs';
import { readTags, withoutTagList } from '../../calls/tags';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { Turns } from '../../common/runtime/turns';
import { concatInSteps, parseInPieces } from '../../http/body/large-body';
import { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import { LineBodies, type LinesDb } from './line-bodies.repository';

/** A longer body is parsed in pieces, as that of a single call. */
const SMALL_BYTES = 64 * 1024;

/** A line of a batch as it is stored. */
export interface StoredLine {
  batchId: string;
  teamId: string;
  keyId: string;
  lineNo: number;
  customId: string;
  /** The path of the line's endpoint. */
  endpoint: string;
  /** JSON; null for a large one, which stays in the database until its call is made. */
  body: JsonBody | null;
  /** When the batch was made, where the line is to run live. */
  madeAt?: Date;
}

/** Makes calls of lines. */
@Injectable()
export class LineCalls {
  private readonly turns = new Turns();

  constructor(
    private readonly bodies: LineBodies,
    private readonly keys: ApiKeyDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * The caller with the key's current rights; undefined where the key does not work any more.
   *
   * @throws where the key is not in memory and the database cannot be read
   */
  async callerOf(line: Pick<StoredLine, 'keyId' | 'teamId'>): Promise<Caller | undefined> {
    return adminOf(line) ?? (await this.keys.lookUpCallerOf(line.keyId));
  }

  /** The caller for what has been sent: its answer comes back also where the key was revoked meanwhile. */
  callerOfSent(line: Pick<StoredLine, 'keyId' | 'teamId'>): Caller {
    const { keyId, teamId } = line;
    const caller = adminOf(line) ?? this.keys.callerOf(keyId);
    return caller ?? { role: 'member', teamId, keyId, models: null, rpmLimit: null };
  }

  /** Between lines, other calls have their turns. @param db the transaction to read in, if any */
  async callOf(
    line: StoredLine,
    requestId: string,
    caller: Caller,
    signal: AbortSignalLike,
    db?: LinesDb,
  ): Promise<Call> {
    await this.turns.share();
    const endpoint = endpointAt(line.endpoint);
    if (!endpoint) throw new Error(`a line is for ${line.endpoint}, which is not served`);
    const { body, request } = endpoint.read(await this.parsed(line, endpoint.maxValues, db));
    return {
      requestId,
      caller,
      endpoint,
      request,
      body: withoutTagList(body),
      headers: undefined,
      tags: readTags(undefined, request.metadata),
      batch: { batchId: line.batchId, customId: line.customId, madeAtMs: line.madeAt?.getTime() },
      failedCosts: new FailedCosts(),
      signal,
      startedAt: this.clock.now(),
    };
  }

  private async parsed({ batchId, lineNo, body }: StoredLine, maxValues?: number, db?: LinesDb): Promise<unknown> {
    if (typeof body === 'string' && byteLengthOf(body) <= SMALL_BYTES) return parseExact(body);
    if (typeof body === 'string') return parseInPieces(Buffer.from(body), maxValues);
    return parseInPieces(
      body ? await concatInSteps([...body]) : await this.bodies.read(batchId, lineNo, db),
      maxValues,
    );
  }
}

/** The administrator's key is not in the directory and has all rights. */
function adminOf({ keyId, teamId }: Pick<StoredLine, 'keyId' | 'teamId'>): Caller | undefined {
  if (keyId !== 'admin') return undefined;
  return { role: 'platform_admin', teamId, keyId, models: null, rpmLimit: null };
}
