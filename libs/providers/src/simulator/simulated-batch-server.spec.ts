import { draftOf, request } from '../testing/batch-drafts';
import type { HttpRequest } from '../translator';
import { simulator } from './simulator';
import { SimulatorTransport } from './simulator.transport';

const BASE = 'http://simulator/v1';
const CHAT = `${BASE}/chat/completions`;
const api = simulator.batches!;
const PACE = { validatingMs: 100, lineMs: 10, cancellingMs: 50 };
const chatBody = (content: string, more: object = {}) =>
  JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content }], ...more });

class Bench {
  nowMs = 1_000;
  readonly transport = new SimulatorTransport({ now: () => this.nowMs, pace: PACE });

  async send(sent: HttpRequest): Promise<Buffer> {
    const response = await this.transport.send(sent);
    expect(response.status).toBe(200);
    return response.readAll();
  }

  async create(url: string, bodies: readonly string[]) {
    const lines = bodies.map((body, index) => `${api.line(`l_${index}`, request(url, body))}\n`).join('');
    const draft = draftOf(url, lines);
    const fileId = api.upload?.read(await this.send(api.upload.request(draft, BASE))) ?? '';
    return api.read(await this.send(api.create(draft, fileId, BASE)), this.nowMs)!;
  }

  async get(id: string) {
    return api.read(await this.send(api.get(id, BASE)), this.nowMs)!;
  }

  async results(id: string) {
    const texts = await Promise.all(api.results(await this.get(id), BASE).map((each) => this.send(each)));
    return texts.flatMap((text) => text.toString().trimEnd().split('\n')).map((line) => api.readLine(line));
  }
}

describe('the batch API of the simulator', () => {
  it('takes a file of lines, runs them by the clock, and has a result for each', async () => {
    const bench = new Bench();
    const { id, status, name } = await bench.create(CHAT, [chatBody('하나'), chatBody('two', { mock_status: 429 })]);
    expect([status, name]).toEqual(['validating', 'tg_01K_1']);
    bench.nowMs += 110;
    expect(await bench.get(id)).toMatchObject({ end: undefined, counts: { completed: 1, failed: 0 }, outputs: [] });
    bench.nowMs += 10;
    expect((await bench.get(id)).end).toBe('completed');
    const [second, first] = await bench.results(id);
    expect(first).toMatchObject({ id: 'l_0', kind: 'answered' });
    expect(second?.id).toBe('l_1');
  });

  it('answers as a live call does', async () => {
    const bench = new Bench();
    const { id } = await bench.create(CHAT, [chatBody('the same')]);
    bench.nowMs += 1_000;
    const [line] = await bench.results(id);
    const live = await bench.send(request(CHAT, chatBody('the same')));
    const contentOf = (body: Buffer) => JSON.parse(body.toString()).choices[0].message;
    expect(line?.kind === 'answered' && contentOf(line.body)).toEqual(contentOf(live));
  });

  it('embeds', async () => {
    const bench = new Bench();
    const body = JSON.stringify({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    const { id } = await bench.create(`${BASE}/embeddings`, [body]);
    bench.nowMs += 1_000;
    const [line] = await bench.results(id);
    expect(line?.kind === 'answered' && JSON.parse(line.body.toString()).data).toHaveLength(2);
  });

  it('stops: lines that have not run are cancelled', async () => {
    const bench = new Bench();
    const { id } = await bench.create(
      CHAT,
      ['a', 'b', 'c'].map((text) => chatBody(text)),
    );
    bench.nowMs += 115;
    await bench.send(api.cancel(id, BASE));
    bench.nowMs += 60;
    expect((await bench.get(id)).end).toBe('cancelled');
    expect((await bench.results(id)).map((line) => line?.kind)).toEqual(['cancelled', 'cancelled', 'answered']);
  });

  it('says of a batch of another process that it has expired, without results', async () => {
    const { id } = await new Bench().create(CHAT, [chatBody('a')]);
    expect(await new Bench().get(id)).toMatchObject({ end: 'expired', outputs: [] });
  });

  it('finds batches by their names, and deletes files', async () => {
    const bench = new Bench();
    const { id, inputFileId = '' } = await bench.create(CHAT, [chatBody('a')]);
    const { batches = [] } = api.readList(await bench.send(api.list(BASE)), bench.nowMs) ?? {};
    expect(batches.map((each) => [each.id, each.name])).toEqual([[id, 'tg_01K_1']]);
    expect(api.upload?.find?.(await bench.send(api.upload.list!(BASE)), 'tg_01K_1')).toEqual([inputFileId]);
    await bench.send(api.upload!.remove(inputFileId, BASE));
    const again = await bench.transport.send(api.create(draftOf(CHAT, ''), inputFileId, BASE));
    expect(again.status).toBe(400);
  });
});
