import { isRecord } from '../json-record';
import type { UpstreamCall, UpstreamFailure } from '../translator';

const REFUSALS = new Set([400, 422]);

/**
 * The call without `stream_options`, for a server that refuses them: the gateway itself has added them to learn the usage.
 * Undefined where the caller has set them, or where they are not what the server refuses.
 */
export function withoutStreamOptions(call: UpstreamCall, { status, body }: UpstreamFailure): UpstreamCall | undefined {
  const { stream, body: request, withoutStreamOptions: isAmended } = call;
  if (!stream || isAmended || !REFUSALS.has(status) || !body.includes('stream_options')) return undefined;
  const asked = request.stream_options;
  const isOwn = !isRecord(asked) || Object.keys(asked).every((name) => name === 'include_usage');
  return isOwn ? { ...call, withoutStreamOptions: true } : undefined;
}
