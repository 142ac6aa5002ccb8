import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../common/caller';
import type { Writer } from '../idempotency/idempotency.repository';
import type { IdempotencyService } from '../idempotency/idempotency.service';
import type { KeepAnswer } from '../idempotency/idempotent-call';
import type { Batch } from './batches.repository';
import { BatchesController } from './batches.controller';
import type { BatchesService } from './batches.service';
import type { BatchQuotes } from './plan/batch-quotes.service';

const CALLER = { teamId: 'team_1', keyId: 'key_1' } as Caller;
const TRANSACTION = {} as Writer;
const NOW = new Date();
const BATCH = {
  id: 'batch_new',
  status: 'in_progress',
  total_lines: 2,
  models: [] as string[],
  created_at: NOW,
  in_progress_at: NOW,
  expires_at: NOW,
  list_cost_pusd: 0n,
  cost_pusd: 0n,
  saved_pusd: 0n,
} as Batch;

async function* bodyOf(id: string): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(JSON.stringify({ id }));
}

describe('BatchesController', () => {
  /** The responses that are stored in the transaction of their batch. */
  let stored: { id: string; writer: Writer }[];
  let controller: BatchesController;

  beforeEach(() => {
    stored = [];
    const changed = async (storeResponse?: KeepAnswer<Batch>) => {
      await storeResponse?.(BATCH, TRANSACTION);
      return BATCH;
    };
    const batches: Pick<BatchesService, 'create' | 'retry' | 'cancel'> = {
      create: (_caller, _body, _requestId, storeResponse) => changed(storeResponse),
      retry: (_caller, _batchId, _requestId, storeResponse) => changed(storeResponse),
      cancel: (_teamId, _batchId, storeResponse) => changed(storeResponse),
    };
    const idempotency: Pick<IdempotencyService, 'once' | 'keepWith'> = {
      once: async (_identity, { produce }) => {
        const { status, headers } = await produce();
        return { status, headers, body: bodyOf(BATCH.id) };
      },
      keepWith: async (_identity, { body }, writer) => {
        const { id } = JSON.parse(String(body)) as { id: string };
        stored.push({ id, writer });
      },
    };
    controller = new BatchesController(batches as BatchesService, {} as BatchQuotes, idempotency as IdempotencyService);
  });

  const reply = { statusCode: 200, raw: { destroyed: false }, status: () => reply, headers: () => reply };
  const requestWith = (headers: Record<string, string>) =>
    ({ id: 'req_1', method: 'POST', url: '/v1/batches', headers, caller: CALLER }) as unknown as FastifyRequest;
  const changes: [name: string, send: (request: FastifyRequest, reply: FastifyReply) => Promise<{ id: string }>][] = [
    ['a creation', (request, to) => controller.create(CALLER, {} as never, request, to)],
    ['a retry', (request, to) => controller.retry(CALLER, 'batch_old', request, to)],
    ['a cancellation', (request, to) => controller.cancel(CALLER, 'batch_new', request, to)],
  ];

  it.each(changes)(
    'stores the response of %s in its transaction, so that a repeat does not do it twice',
    async (_name, send) => {
      const batch = await send(requestWith({ 'idempotency-key': 'once' }), reply as unknown as FastifyReply);
      expect(batch.id).toBe('batch_new');
      expect(stored).toEqual([{ id: 'batch_new', writer: TRANSACTION }]);
    },
  );

  it.each(changes)('stores nothing of %s without a key', async (_name, send) => {
    expect((await send(requestWith({}), reply as unknown as FastifyReply)).id).toBe('batch_new');
    expect(stored).toEqual([]);
  });
});
