import { tmpdir } from 'node:os';
import type { CreateBatch } from '@thriftgate/contracts';
import { CALLER } from '../../calls/testing/builders';
import { TurnCounter } from '../../common/testing/turn-counter';
import { BodyFile } from '../../http/body/body-file';
import { StoredElement } from '../../http/body/stored-parts';
import type { ModelRegistry } from '../../models/model-registry.service';
import type { FilesRepository } from '../files/files.repository';
import type { FilesService } from '../files/files.service';
import { BatchInputService } from './batch-input.service';

const LINE = '{"custom_id":"a","body":{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi"}]}}';

describe('the input of a batch', () => {
  it('A5: has each request in one line, read in turns where it has many line ends', async () => {
    const json = LINE.replaceAll(',', `${'\r\n'.repeat(500_000)},`);
    const file = new BodyFile(tmpdir());
    await file.append(Buffer.from(json));
    await file.end();
    let stored = Buffer.alloc(0);
    const counter = new TurnCounter();
    let turns = 0;
    const files = {
      draft: async (_team: string, _name: string, lines: AsyncIterable<Buffer>) => {
        for await (const piece of lines) stored = Buffer.concat([stored, piece]);
        turns = counter.turns;
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
    const request = { endpoint: '/v1/chat/completions', requests: [new StoredElement(file, 0, json.length)] };
    const accepted = await inputs.accept(CALLER, request as unknown as CreateBatch);
    counter.stop();
    expect(accepted.lines).toBe(1);
    await file.close();
    expect(stored.indexOf('\n')).toBe(json.length);
    expect(turns).toBeGreaterThan(5);
  });

  it('A5: is read in turns where it has many short requests', async () => {
    const file = new BodyFile(tmpdir());
    await file.append(Buffer.from('1'));
    await file.end();
    let turns = 0;
    const draft = async (_team: string, _name: string, lines: AsyncIterable<Buffer>) => {
      const counter = new TurnCounter();
      let bytes = 0;
      for await (const piece of lines) bytes += piece.length;
      counter.stop();
      turns = counter.turns;
      throw new Error(`${bytes} bytes`);
    };
    const inputs = new BatchInputService(
      { draft } as unknown as FilesService,
      {} as FilesRepository,
      {} as ModelRegistry,
    );
    const requests = Array.from({ length: 20_000 }, () => new StoredElement(file, 0, 1));
    const request = { endpoint: '/v1/chat/completions', requests } as unknown as CreateBatch;
    await expect(inputs.accept(CALLER, request)).rejects.toThrow('40000 bytes');
    await file.close();
    expect(turns).toBeGreaterThan(10);
  });
});
