import { tmpdir } from 'node:os';
import fastify from 'fastify';
import { BodyFile, UnreadableBody } from './body-file';
import { readJsonBodies } from './json-body';

const BODY = JSON.stringify({ input_file_content: 'line '.repeat(300_000), completion_window: '24h' });

describe('a large body with the lines of a batch', () => {
  const app = fastify({ bodyLimit: 2 * BODY.length });
  readJsonBodies(app, tmpdir());
  app.post('/v1/batches', (request) => ({ members: Object.keys(request.body as object) }));
  const send = (payload: string) =>
    app.inject({ method: 'POST', url: '/v1/batches', headers: { 'content-type': 'application/json' }, payload });

  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  it('is read from its file', async () => {
    expect((await send(BODY)).json()).toEqual({ members: ['input_file_content', 'completion_window'] });
  });

  it('R25: is not called invalid where the disk does not give it back', async () => {
    const read = jest.spyOn(BodyFile.prototype, 'read');
    await send(BODY);
    const readsToCheck = read.mock.calls.length - 1;
    jest.restoreAllMocks();
    const readPart = BodyFile.prototype.read;
    let reads = 0;
    jest.spyOn(BodyFile.prototype, 'read').mockImplementation(function (this: BodyFile, ...range) {
      reads += 1;
      if (reads > readsToCheck) return Promise.reject(new UnreadableBody('A request body on disk'));
      return readPart.apply(this, range);
    });
    expect((await send(BODY)).json()).toMatchObject({ statusCode: 500, message: 'A request body on disk' });
  });
});
