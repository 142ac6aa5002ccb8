import type { FastifyRequest } from 'fastify';
import { BodyMemory } from './body-memory';

const MEGABYTE = 1024 * 1024;

describe('the memory for bodies', () => {
  const requestOf = (keyId: string) => ({ caller: { keyId }, headers: {} }) as FastifyRequest;

  it('A5: is limited for each key, and free again when a response has closed', () => {
    const memory = new BodyMemory();
    const requests = Array.from({ length: 8 }, () => requestOf('key_1'));
    for (const request of requests) expect(memory.refusalOf(request, 64 * MEGABYTE)).toBeUndefined();
    expect(memory.refusalOf(requestOf('key_1'), 64 * MEGABYTE)).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(memory.refusalOf(requestOf('key_1'), 1_000)).toBeUndefined();
    expect(memory.refusalOf(requestOf('key_2'), 64 * MEGABYTE)).toBeUndefined();
    memory.release(requests[0] ?? requestOf(''));
    memory.release(requests[0] ?? requestOf(''));
    expect(memory.refusalOf(requestOf('key_1'), 64 * MEGABYTE)).toBeUndefined();
    expect(memory.refusalOf(requestOf('key_1'), 64 * MEGABYTE)).toBeDefined();
  });

  it('R25: counts a body of unknown length once, as it comes', () => {
    const memory = new BodyMemory();
    const request = requestOf('key_1');
    for (const megabytes of [100, 300, 512]) expect(memory.refusalOf(request, megabytes * MEGABYTE)).toBeUndefined();
    expect(memory.refusalOf(request, 512 * MEGABYTE + 1)).toMatchObject({ code: 'rate_limit_exceeded' });
    memory.release(request);
    expect(memory.refusalOf(requestOf('key_1'), 512 * MEGABYTE)).toBeUndefined();
  });
});
