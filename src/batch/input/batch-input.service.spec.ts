import { RawElement } from '@thriftgate/providers';
import type { CreateBatch } from '@thriftgate/contracts';
import { CALLER } from '../../calls/testing/builders';
import { TurnCounter } from '../../common/testing/turn-counter';
import type { ModelRegistry } from '../../models/model-registry.service';
import type { FilesRepository } from '../files/files.repository';
import type { FilesService } from '../files/files.service';
import { BatchInputService } from './batch-input.service';

const LINE = '{"custom_id":"a","body":{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi"}]}}';

describe('the input of a batch', () => {
  it('A5: has each request in one line, read in turns where it has many line ends', async () => {
    let stored = Buffer.alloc(0);
    const files = {
      draft: async (_team: string, _name: string, lines: AsyncIterable<Buffer>) => {
        for await (const piece of lines) stored = Buffer.concat([stored, piece]);
        return { id: 'file_1', writer: { facts: () => ({ bytes: stored.length, sha256: '' }) } };
      },
    };
    const repository = {
      content: async function* () {
        yield stored;
      },
    };
    const models = { resolveSent: (name: string) => ({ name }) };
    const inputs = new BatchInputService(
      files as unknown as FilesService,
      repository as unknown as FilesRepository,
      models as unknown as ModelRegistry,
    );
    const json = LINE.replaceAll(',', `${'\r\n'.repeat(500_000)},`);
    const request = { endpoint: '/v1/chat/completions', requests: [new RawElement(Buffer.from(json))] };
    const counter = new TurnCounter();
    const accepted = inputs.accept(CALLER, request as unknown as CreateBatch);
    while (stored.length === 0) await new Promise(setImmediate);
    const turns = counter.turns;
    counter.stop();
    expect((await accepted).lines).toBe(1);
    expect(stored.indexOf('\n')).toBe(json.length);
    expect(turns).toBeGreaterThan(5);
  });
});
