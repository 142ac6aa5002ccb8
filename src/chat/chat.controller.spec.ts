import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { Clock } from '../common/clock';
import type { IdempotencyService } from '../idempotency/idempotency.service';
import { ReplayService } from '../calls/responses/replay.service';
import type { Call, CallResponse, TextStream } from '../calls/call';
import { CallResponder } from '../calls/responses/call-responder.service';
import type { CallsService } from '../calls/calls.service';
import { ChatController } from './chat.controller';

const choices = [{ index: 0, message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' }];
const stored = {
  body: Buffer.from(JSON.stringify({ id: 'c', object: 'chat.completion', choices })),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1_000_000, reasoningTokens: 0 },
};
const settlement = { cacheStatus: 'HIT' as const, listCostPusd: 0n, costPusd: 0n, savedPusd: 0n };

describe('ChatController', () => {
  let server: FastifyInstance;
  afterEach(() => server.close());

  it('ends a paced stream when its client disconnects', async () => {
    const replay = new ReplayService(new Clock());
    let ended = () => {};
    const end = new Promise<void>((resolve) => (ended = resolve));
    const chat = {
      async complete(call: Call): Promise<CallResponse> {
        const texts = replay.texts(call, stored, settlement, 1);
        const { value: first } = await texts.next();
        return { kind: 'stream', headers: {}, first: first ?? '', rest: noting(texts, ended) };
      },
    };
    const controller = new ChatController(
      new CallResponder(chat as CallsService, {} as IdempotencyService, new Clock()),
    );
    server = Fastify();
    server.post('/', (request, reply) => {
      Object.assign(request, { caller: { teamId: 't' } });
      void controller.complete(request, reply);
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };

    const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(first.toString()).toContain('200 OK');
    socket.destroy();
    // At its pace the stream would take eleven days.
    await end;
  });
});

/** The same texts; calls `ended` when they are returned. */
function noting(texts: AsyncGenerator<string, void, undefined>, ended: () => void): TextStream {
  return {
    next: () => texts.next(),
    return: async () => {
      await texts.return();
      ended();
    },
  };
}
