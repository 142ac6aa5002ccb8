import { playgroundQuerySchema } from '@thriftgate/contracts';
import { invalidRequest } from '../common/zod-issues';

/** The team that a query names. @throws GatewayError `invalid_request` */
export function teamOf(query: unknown): string {
  const read = playgroundQuerySchema.safeParse(query);
  if (!read.success) throw invalidRequest(read.error.issues);
  return read.data.team_id;
}
