import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type * as contracts from '@thriftgate/contracts';
import { AuditRepository } from '../../audit/audit.repository';
import { type Caller, type Scope } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import { pageOf } from '../../common/pages';
import { ConsoleKeys } from '../../keys/console-keys.service';
import { TeamAndKeyNames } from '../../usage/reports/team-and-key-names.service';
import { toBatchObject } from '../batch';
import type { Batch } from '../batches.repository';
import { BatchesService } from '../batches.service';
import { FilesRepository } from '../files/files.repository';
import { FilesService } from '../files/files.service';
import { outputLine } from '../output/output-line';
import { BatchQuotes } from '../plan/batch-quotes.service';
import { batchToWire, detailsToWire } from './admin-batch-wire';
import { AdminBatchesRepository } from './admin-batches.repository';

/** A person, and what the person's permission reaches. */
export interface Person {
  caller: Caller;
  scope: Scope;
}

/** A download: its content piece by piece. */
export interface BatchDownload {
  filename: string;
  /** Undefined where the length is not known before the end. */
  bytes: number | undefined;
  content: Readable;
}

/** Batches of all teams for people in the console. Those that they start run under the key that {@link ConsoleKeys} says. */
@Injectable()
export class AdminBatches {
  constructor(
    private readonly repository: AdminBatchesRepository,
    private readonly batches: BatchesService,
    private readonly quotes: BatchQuotes,
    private readonly files: FilesService,
    private readonly contents: FilesRepository,
    private readonly consoleKeys: ConsoleKeys,
    private readonly names: TeamAndKeyNames,
    private readonly audit: AuditRepository,
  ) {}

  async list(query: contracts.ListAdminBatchesQuery): Promise<contracts.AdminBatchPage> {
    const { data, next_cursor } = pageOf(await this.repository.list(query), query.limit);
    return { data: await this.named(data), next_cursor };
  }

  /** @throws GatewayError `not_found`, also for a batch outside the scope */
  async details(batchId: string, scope: Scope): Promise<contracts.AdminBatchDetails> {
    const batch = await this.one(await this.find(batchId, scope));
    const [counts, shards, errors] = await Promise.all([
      this.repository.lineCounts(batchId),
      this.repository.shards(batchId),
      this.repository.errors(batchId),
    ]);
    return detailsToWire(batch, { counts, shards, errors });
  }

  /** @throws GatewayError as `POST /v1/batches` */
  async create(body: contracts.CreateAdminBatch, person: Person, requestId: string): Promise<contracts.AdminBatch> {
    const payer = await this.consoleKeys.callerFor(body.team_id, person);
    const batch = await this.batches.create(payer, body, requestId, async (made, transaction) => {
      await this.audit.record(madeEvent('batch.created', made, person), transaction);
    });
    return this.one(batch);
  }

  async quote(body: contracts.CreateAdminBatch, person: Person): Promise<contracts.BatchQuote> {
    const quote = await this.quotes.quote(await this.consoleKeys.readerFor(body.team_id, person), body);
    const details = { team_id: body.team_id, lines: quote.lines, likely_usd: quote.cost_usd.likely };
    await this.audit.record({ actor: person.caller.keyId, action: 'batch.quoted', subject: null, details });
    return quote;
  }

  /** @throws GatewayError `not_found`, or `conflict` once the batch has ended */
  async cancel(batchId: string, { caller, scope }: Person): Promise<contracts.AdminBatch> {
    const { team_id: teamId, status } = await this.find(batchId, scope);
    const batch = await this.batches.cancel(teamId, batchId, async (cancelled, transaction) => {
      const states = { before: { status }, after: { status: cancelled.status, team_id: teamId } };
      const event = { actor: caller.keyId, action: 'batch.cancelled' as const, subject: batchId, ...states };
      await this.audit.record(event, transaction);
    });
    return this.one(batch);
  }

  /** Makes a batch of the lines without a response. @throws GatewayError `not_found`, `conflict` */
  async retry(batchId: string, person: Person, requestId: string): Promise<contracts.AdminBatch> {
    const { team_id: teamId } = await this.find(batchId, person.scope);
    const payer = await this.consoleKeys.callerFor(teamId, person);
    const batch = await this.batches.retry(payer, batchId, requestId, async (made, transaction) => {
      await this.audit.record(madeEvent('batch.retried', made, person, { retries: batchId }), transaction);
    });
    return this.one(batch);
  }

  /** @throws GatewayError `not_found` where the batch has no such file */
  async download(batchId: string, content: contracts.BatchContent, scope: Scope): Promise<BatchDownload> {
    const batch = await this.find(batchId, scope);
    if (content === 'results') {
      const lines = Readable.from(this.results(batchId), { objectMode: false });
      return { filename: `${batchId}_results.jsonl`, bytes: undefined, content: lines };
    }
    const fileId = { input: batch.input_file_id, output: batch.output_file_id, errors: batch.error_file_id }[content];
    if (fileId === null) throw noSuchFile(batch, content);
    const file = await this.files.get(batch.team_id, fileId);
    const pieces = Readable.from(this.contents.content(file.id), { objectMode: false });
    return { filename: file.filename, bytes: file.bytes, content: pieces };
  }

  private async *results(batchId: string): AsyncGenerator<Buffer, void, undefined> {
    for await (const lines of this.repository.endedLines(batchId)) yield Buffer.from(lines.map(outputLine).join(''));
  }

  private async find(batchId: string, scope: Scope): Promise<Batch> {
    const batch = await this.repository.find(batchId, scope);
    if (!batch) throw noSuchBatch(batchId);
    return batch;
  }

  private async one(batch: Batch): Promise<contracts.AdminBatch> {
    const [named] = await this.named([batch]);
    if (!named) throw noSuchBatch(batch.id);
    return named;
  }

  private async named(batches: readonly Batch[]): Promise<contracts.AdminBatch[]> {
    const names = await this.names.ofRows(batches);
    return batches.map((batch) => batchToWire(batch, names));
  }
}

function madeEvent(
  action: 'batch.created' | 'batch.retried',
  batch: Batch,
  { caller }: Person,
  details: Record<string, string> = {},
) {
  const { id, status, request_counts: counts } = toBatchObject(batch);
  const after = { status, lines: counts.total, team_id: batch.team_id, key_id: batch.key_id };
  return { actor: caller.keyId, action, subject: id, after, details };
}

function noSuchBatch(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no batch '${id}'. GET /admin/batches lists them.` });
}

function noSuchFile({ id, status }: Batch, content: 'input' | 'output' | 'errors'): GatewayError {
  const which = { input: 'input file', output: 'output file', errors: 'error file' }[content];
  const message = `The batch '${id}' has no ${which}: its status is '${status}', and a file is made at the end, if it has lines. 'results' has the lines that have ended so far.`;
  return new GatewayError('not_found', { message });
}
