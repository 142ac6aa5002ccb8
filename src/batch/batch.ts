import type { BatchObject } from '@thriftgate/contracts';
import { formatUsd } from '../common/money';
import type { Batch } from './batches.repository';

/** A batch as OpenAI describes it, with its cost. @see https://platform.openai.com/docs/api-reference/batch/object */
export function toBatchObject(batch: Batch): BatchObject {
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    errors: batch.errors && { object: 'list', data: batch.errors },
    input_file_id: batch.input_file_id,
    completion_window: batch.completion_window,
    status: batch.status,
    output_file_id: batch.output_file_id,
    error_file_id: batch.error_file_id,
    created_at: Math.floor(batch.created_at.getTime() / 1000),
    in_progress_at: unixSeconds(batch.in_progress_at),
    expires_at: Math.floor(batch.expires_at.getTime() / 1000),
    finalizing_at: unixSeconds(batch.finalizing_at),
    completed_at: unixSeconds(batch.completed_at),
    failed_at: unixSeconds(batch.failed_at),
    expired_at: unixSeconds(batch.expired_at),
    cancelling_at: unixSeconds(batch.cancelling_at),
    cancelled_at: unixSeconds(batch.cancelled_at),
    request_counts: { total: batch.total_lines, completed: batch.completed_lines, failed: batch.failed_lines },
    metadata: batch.metadata,
    ...(batch.models.length === 1 && { model: batch.models[0] }),
    usage: usageOf(batch),
    gateway: {
      list_cost_usd: formatUsd(batch.list_cost_pusd),
      cost_usd: formatUsd(batch.cost_pusd),
      saved_usd: formatUsd(batch.saved_pusd),
      cached: batch.cached_lines,
      deduplicated: batch.deduplicated_lines,
      escalated: batch.escalated_lines,
      providers: batch.providers,
    },
  };
}

/** @see https://platform.openai.com/docs/api-reference/batch/object#batch/object-usage */
function usageOf(batch: Batch): BatchObject['usage'] {
  const [input, output] = [Number(batch.input_tokens), Number(batch.output_tokens)];
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: Number(batch.cached_input_tokens) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: Number(batch.reasoning_tokens) },
    total_tokens: input + output,
  };
}

function unixSeconds(time: Date | null): number | null {
  return time && Math.floor(time.getTime() / 1000);
}
