import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';

/** How the attempts of a deployment ended in a minute. */
export interface MinuteCounts {
  /** RFC 3339. */
  minute: string;
  deployment: string;
  attempts: number;
  failures: number;
  rateLimited: number;
  /** As `packLatencies` writes them. */
  latency: string;
}

/** The last failure of a deployment that this process has seen. */
export interface LastError {
  deployment: string;
  code: string;
  status: number | null;
  message: string;
  requestId: string;
  /** RFC 3339. */
  at: string;
}

/** Sums of a deployment over an hour, and over the parts of it that lie in the last hour and the last five minutes. */
export interface HourSums {
  deployment: string;
  hour: Date;
  all: WindowSums;
  last1h: WindowSums;
  last5m: WindowSums;
}

export interface WindowSums {
  attempts: number;
  failures: number;
  rateLimited: number;
  latency: string;
}

/** The last failure of a deployment. */
export interface DeploymentError {
  deployment: string;
  code: string;
  status: number | null;
  message: string;
  request_id: string | null;
  at: Date;
}

type Row = { deployment: string; hour: Date } & Record<string, string>;

/** How attempts ended, by deployment and minute, of all replicas. */
@Injectable()
export class DeploymentHealthRepository {
  constructor(private readonly database: Database) {}

  /** Adds to what was counted before, in the order of the keys: two processes never wait for each other in a circle. */
  async add(counts: readonly MinuteCounts[]): Promise<void> {
    await sql`
      INSERT INTO deployment_minutes AS kept (minute, deployment, attempts, failures, rate_limited, latency)
      SELECT minute, deployment, attempts, failures, "rateLimited", latency
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS counted (minute timestamptz, deployment text, attempts int, failures int, "rateLimited" int, latency numeric)
      ORDER BY 1, 2
      ON CONFLICT (minute, deployment) DO UPDATE SET attempts = kept.attempts + excluded.attempts,
        failures = kept.failures + excluded.failures, rate_limited = kept.rate_limited + excluded.rate_limited,
        latency = kept.latency + excluded.latency`.execute(this.database.db);
  }

  /** Replaces errors that are older. */
  async putErrors(errors: readonly LastError[]): Promise<void> {
    await sql`
      INSERT INTO deployment_errors AS kept (deployment, code, status, message, request_id, at)
      SELECT deployment, code, status, message, "requestId", at FROM jsonb_to_recordset(${JSON.stringify(errors)}::jsonb)
        AS failed (deployment text, code text, status int, message text, "requestId" text, at timestamptz)
      ORDER BY 1
      ON CONFLICT (deployment) DO UPDATE SET code = excluded.code, status = excluded.status, message = excluded.message,
        request_id = excluded.request_id, at = excluded.at WHERE kept.at < excluded.at`.execute(this.database.db);
  }

  /** The sums of the last 24 hours, by deployment and hour. */
  async hours(now: Date): Promise<HourSums[]> {
    const since = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    const sums = (minutes: number, name: string) => sql`
      coalesce(sum(attempts) FILTER (WHERE minute > ${since(minutes)}), 0) AS ${sql.id(`attempts_${name}`)},
      coalesce(sum(failures) FILTER (WHERE minute > ${since(minutes)}), 0) AS ${sql.id(`failures_${name}`)},
      coalesce(sum(rate_limited) FILTER (WHERE minute > ${since(minutes)}), 0) AS ${sql.id(`rate_limited_${name}`)},
      coalesce(sum(latency) FILTER (WHERE minute > ${since(minutes)}), 0) AS ${sql.id(`latency_${name}`)}`;
    const { rows } = await sql<Row>`
      SELECT deployment, date_trunc('hour', minute, 'UTC') AS hour, ${sums(24 * 60, 'all')}, ${sums(60, '1h')}, ${sums(5, '5m')}
      FROM deployment_minutes WHERE minute > ${since(24 * 60)} GROUP BY 1, 2`.execute(this.database.db);
    return rows.map((row) => ({
      deployment: row.deployment,
      hour: row.hour,
      all: windowOf(row, 'all'),
      last1h: windowOf(row, '1h'),
      last5m: windowOf(row, '5m'),
    }));
  }

  /** The last failure of each deployment in the last 24 hours. */
  async errors(now: Date): Promise<DeploymentError[]> {
    const from = new Date(now.getTime() - 24 * 3_600_000);
    const { rows } = await sql<DeploymentError>`
      SELECT deployment, code, status, message, request_id, at FROM deployment_errors WHERE at > ${from}`.execute(
      this.database.db,
    );
    return rows;
  }

  async deleteOutdated(): Promise<void> {
    await sql`DELETE FROM deployment_minutes WHERE minute < now() - interval '25 hours'`.execute(this.database.db);
    await sql`DELETE FROM deployment_errors WHERE at < now() - interval '25 hours'`.execute(this.database.db);
  }
}

function windowOf(row: Row, name: string): WindowSums {
  return {
    attempts: Number(row[`attempts_${name}`]),
    failures: Number(row[`failures_${name}`]),
    rateLimited: Number(row[`rate_limited_${name}`]),
    latency: row[`latency_${name}`] ?? '0',
  };
}
