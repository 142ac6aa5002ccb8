import { Injectable, Logger } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { Clock } from '../../common/clock';
import { formatUsd } from '../../common/money';
import type { JournalRecord } from '../journal/journal-record';
import type { Segment } from '../journal/journal.service';
import type { SegmentPiece } from '../journal/segment-reader';
import { type Damage, DamagedLines } from './damaged-lines';
import { type RefusedRow, RefusalsRepository } from './refusals.repository';
import { reasonOf } from './write-failure';

/**
 * What the ledger does not have: rows that the database refuses, which are kept with their money, and damaged lines of the
 * journal, of which the bytes are kept. Both are counted and raise an alert.
 */
@Injectable()
export class RefusalsService {
  private readonly logger = new Logger(RefusalsService.name);
  private readonly damagedLines = new DamagedLines();
  private known = 0;

  constructor(
    private readonly repository: RefusalsRepository,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /** How many rows are set aside, as this instance last saw. */
  get count(): number {
    return this.known;
  }

  /** Sets a row aside. @throws when the database is away */
  async refuse({ key, json }: JournalRecord, error: unknown): Promise<void> {
    const row = read(key, json);
    await this.repository.add(row, reasonOf(error));
    await this.report(key, row, error);
  }

  /** Sets an open attempt aside that the ledger cannot end, `request id.attempt`. @throws when the database is away */
  async refuseEnd(key: string, error: unknown): Promise<void> {
    await this.repository.addOpen(key, reasonOf(error));
    await this.report(key, { teamId: null, costPusd: '0' }, error);
  }

  /** Tries again the rows that are set aside: this version of the gateway, or a mended database, may take them. */
  async retry(): Promise<void> {
    for (const key of await this.repository.keys()) {
      await this.repository.admit(key).then(
        () => this.logger.log({ row: key }, 'the ledger takes a row that it had refused'),
        (error: unknown) => this.logger.debug({ err: error, row: key }, 'the ledger still refuses a row'),
      );
    }
    this.known = await this.repository.count();
  }

  /**
   * Keeps the bytes of damaged lines in a file beside their segment.
   *
   * @returns what is to be reported once the other lines are written; undefined where no line is damaged
   */
  keepDamaged(segment: Segment, piece: SegmentPiece): Damage | undefined {
    return this.damagedLines.keep(segment, piece);
  }

  /** @throws when the database is away */
  async reportDamage(damage: Damage): Promise<void> {
    if (!(await this.repository.addDamage(damage))) return;
    const { segment, lines, bytes } = damage;
    this.logger.error(damage, 'lines of the journal are damaged; the ledger lacks what they said');
    this.alerts.raise({
      kind: 'journal_damaged',
      severity: 'critical',
      // Once for each segment: pieces of one file have one cause.
      dedupeKey: `journal_damaged:${segment}`,
      teamId: null,
      data: { segment, lines, bytes },
    });
  }

  private async report(
    key: string,
    { teamId, costPusd }: { teamId: string | null; costPusd: string },
    error: unknown,
  ): Promise<void> {
    this.known = await this.repository.count();
    this.logger.error({ err: error, row: key, refused: this.known }, 'the database refuses a row of the ledger');
    const [requestId = key] = key.split('.');
    const hour = new Date(this.clock.now()).toISOString().slice(0, 13);
    this.alerts.raise({
      kind: 'ledger_row_refused',
      severity: 'critical',
      // Once an hour: what makes one row bad may make thousands.
      dedupeKey: `ledger_row_refused:${hour}`,
      teamId: null,
      data: {
        request_id: requestId,
        team_id: teamId,
        cost_usd: formatUsd(BigInt(costPusd)),
        reason: reasonOf(error),
        refused: this.known,
      },
    });
  }
}

/** What of a row its money needs, of whatever kind the row is. */
function read(key: string, json: Buffer): RefusedRow {
  const row = parse(json);
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  const charged = Array.isArray(row.charged) ? row.charged.filter((each) => typeof each === 'string') : null;
  const state = text(row.state, 'unknown');
  return {
    requestId: key.slice(0, key.lastIndexOf('.')),
    attempt: Number(key.slice(key.lastIndexOf('.') + 1)),
    state: state === 'dispatched' || state === 'settled' || state === 'failed' ? state : 'unknown',
    owner: text(row.owner, ''),
    teamId: text(row.team_id, ''),
    keyId: text(row.key_id, ''),
    costPusd: /^\d{1,30}$/.test(text(row.cost_pusd, '')) ? text(row.cost_pusd, '0') : '0',
    charged,
    createdAt: text(row.created_at, new Date(0).toISOString()),
    json,
  };
}

function parse(json: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(String(json)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
