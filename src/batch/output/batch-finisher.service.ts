import { Injectable, Logger } from '@nestjs/common';
import { newRequestId } from '../../common/ids';
import type { NewAlert } from '../../alerts/alert';
import { AlertsService } from '../../alerts/alerts.service';
import { formatUsd } from '../../common/money';
import type { FinalStatus } from '../batch-state';
import { FilesRepository } from '../files/files.repository';
import { type FileDraft, FilesService } from '../files/files.service';
import { LineEnds } from './batch-end';
import { type EndedBatch, type FinishingBatch, FinishingLostError, FinishingRepository } from './finishing.repository';
import { type EndedLine, outputLine } from './output-line';

/** Writes the output and error files of batches whose lines have all ended. */
@Injectable()
export class BatchFinisher {
  private readonly logger = new Logger(BatchFinisher.name);
  private readonly finishing = new Set<string>();

  constructor(
    private readonly repository: FinishingRepository,
    private readonly files: FilesService,
    private readonly filesRepository: FilesRepository,
    private readonly alerts: AlertsService,
  ) {}

  /** Ends the batch if none of its lines is open. Never throws: the next sweep retries after a failure. */
  async finish(batchId: string): Promise<void> {
    if (this.finishing.has(batchId)) return;
    this.finishing.add(batchId);
    try {
      const batch = await this.repository.take(batchId, newRequestId());
      if (batch) await this.write(batch);
    } catch (error) {
      if (!(error instanceof FinishingLostError)) {
        this.logger.error({ batchId, err: error }, 'the files of a batch could not be written; retrying');
      }
    } finally {
      this.finishing.delete(batchId);
    }
  }

  private async write(batch: FinishingBatch): Promise<void> {
    const output = this.resultFile(batch, 'output');
    const errors = this.resultFile(batch, 'error');
    const ends = new LineEnds();
    const expiresAfterSeconds = batch.output_expires_after_s ?? undefined;
    try {
      for await (const line of this.repository.lines(batch)) {
        ends.add(line);
        await (line.state === 'done' ? output : errors).write(line);
      }
      for (const file of [output, errors]) await file.draft?.writer.end();
      const ids = { output_file_id: output.draft?.id ?? null, error_file_id: errors.draft?.id ?? null };
      const end = ends.endOf(batch.status);
      const alert = await this.repository.publish(batch, end, ids, async (transaction, ended) => {
        for (const { draft } of [output, errors]) {
          if (!draft) continue;
          const facts = { ...draft.writer.facts(), expiresAfterSeconds };
          await this.filesRepository.publish(draft.id, facts, transaction);
        }
        return this.alerts.record(endAlert(batch, end.status, ended), transaction);
      });
      if (alert) this.alerts.publish(alert);
    } catch (error) {
      for (const { draft } of [output, errors]) if (draft) await this.filesRepository.discard(draft.id);
      throw error;
    }
  }

  private resultFile({ id, team_id: teamId }: FinishingBatch, kind: 'output' | 'error'): ResultFile {
    return new ResultFile(() => this.files.begin(teamId, `${id}_${kind}.jsonl`, 'batch_output'));
  }
}

/** Webhooks that ask for the ends of batches get it. */
function endAlert({ id, team_id: teamId }: FinishingBatch, status: FinalStatus, ended: EndedBatch): NewAlert {
  const { files, completed_lines: completed, failed_lines: failed, total_lines: total } = ended;
  const data = {
    team_id: teamId,
    batch_id: id,
    total,
    completed,
    failed,
    cost_usd: formatUsd(ended.cost_pusd),
    saved_usd: formatUsd(ended.saved_pusd),
    ...files,
  };
  return { kind: `batch.${status}`, severity: 'info', dedupeKey: `batch:${id}`, teamId, data };
}

/** A file that is created with its first line: a batch without errors has no error file. */
class ResultFile {
  draft: FileDraft | undefined;

  constructor(private readonly begin: () => Promise<FileDraft>) {}

  async write(line: EndedLine): Promise<void> {
    this.draft ??= await this.begin();
    await this.draft.writer.write(Buffer.from(outputLine(line)));
  }
}
