import { Injectable } from '@nestjs/common';
import { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import type { NewPrice, PriceChanges, PriceRow } from './price-row';
import { PricesRepository } from './prices.repository';

/** How many models an alert names at most. */
const MAX_MODELS_NAMED = 20;

/** Which prices to list; undefined members do not filter. */
export interface PriceFilter {
  model?: string | undefined;
  provider?: string | undefined;
  teamId?: string | undefined;
}

/** The prices that administrators set. Rows are never deleted, because ledger rows refer to them. */
@Injectable()
export class PricesService {
  constructor(
    private readonly repository: PricesRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /** The latest first. */
  async list({ model, provider, teamId }: PriceFilter): Promise<PriceRow[]> {
    const rows = await this.repository.all();
    return rows.filter(
      (row) =>
        (model === undefined || row.model === model) &&
        (provider === undefined || row.provider === provider) &&
        (teamId === undefined || row.teamId === teamId),
    );
  }

  /** Rows by id, also withdrawn ones: the ledger refers to them. */
  withIds(ids: readonly string[]): Promise<PriceRow[]> {
    return this.repository.withIds(ids);
  }

  /** A price, also a withdrawn one. @throws GatewayError `not_found` */
  async find(id: string): Promise<PriceRow> {
    const [row] = await this.repository.withIds([id]);
    if (!row) throw noSuchPrice(id);
    return row;
  }

  async add(rows: NewPrice[]): Promise<PriceRow[]> {
    const createdAt = new Date(this.clock.now());
    const made = rows.map((row) => ({ ...row, id: newId('price'), createdAt }));
    await this.repository.insert(made);
    await this.changeFeed.announce('prices');
    this.raiseAlert(made);
    return made;
  }

  /** Raises one alert for all prices that were set together. */
  private raiseAlert(rows: PriceRow[]): void {
    const [first] = rows;
    if (!first) return;
    const names = new Set(rows.map(({ model, provider, teamId }) => model ?? provider ?? teamId ?? '*'));
    this.alerts.raise({
      kind: 'price_changed',
      severity: 'info',
      dedupeKey: `price_changed:${first.id}`,
      teamId: first.teamId,
      data: {
        source: first.createdBy,
        models: [...names].slice(0, MAX_MODELS_NAMED),
        prices: rows.length,
        valid_from: new Date(first.validFromMs).toISOString(),
      },
    });
  }

  /**
   * Changes a price that is not in force yet, or the note of any.
   *
   * @throws GatewayError `not_found`, `conflict` if it is in force, `invalid_request` for rates of every model
   */
  async update(id: string, changes: PriceChanges, actor: string): Promise<PriceRow> {
    const after = await this.repository.update(id, (before) => this.changed(before, changes), actor);
    if (!after) throw noSuchPrice(id);
    await this.changeFeed.announce('prices');
    return after;
  }

  /** Withdraws a price that is not in force yet. @throws GatewayError `not_found`, or `conflict` if it is in force */
  async withdraw(id: string, actor: string): Promise<void> {
    const row = (await this.repository.all()).find((each) => each.id === id);
    if (!row) throw noSuchPrice(id);
    if (!(await this.repository.withdraw(row, new Date(this.clock.now()), actor))) {
      throw new GatewayError('conflict', {
        message:
          'A price that is in force cannot be withdrawn, because calls were charged with it. Set another one that is valid from now on.',
      });
    }
    await this.changeFeed.announce('prices');
  }
  private changed(before: PriceRow, changes: PriceChanges): PriceRow {
    const { note: _, ...charged } = changes;
    if (Object.keys(charged).length > 0 && before.validFromMs <= this.clock.now()) {
      throw new GatewayError('conflict', {
        message:
          'Of a price that is in force only the note can be changed, because calls were charged with it. Set another one that is valid from now on.',
      });
    }
    if (before.model === null && changes.multiplierMillionths === null) {
      const message = "'input_usd_per_mtok': a price of every model is a multiplier; rates need a model of their own";
      throw new GatewayError('invalid_request', { message, param: 'input_usd_per_mtok' });
    }
    return { ...before, ...changes };
  }
}

function noSuchPrice(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no price with the id '${id.slice(0, 100)}'.` });
}
