import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { ChunkWriter } from './chunk-writer';

async function write(pieces: Buffer[]): Promise<{ chunks: Buffer[]; bytes: number; sha256: string }> {
  const chunks: Buffer[] = [];
  const writer = new ChunkWriter(async (chunk, content) => {
    expect(chunk).toBe(chunks.length);
    chunks.push(Buffer.from(content));
  });
  for (const piece of pieces) await writer.write(piece);
  await writer.end();
  return { chunks, ...writer.facts() };
}

describe('ChunkWriter', () => {
  it('writes the content in chunks of 64 KiB, the last one shorter', async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1_500_000 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lengths, async (sizes) => {
        const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        const { chunks, bytes, sha256 } = await write(pieces);
        expect(Buffer.concat(chunks).equals(Buffer.concat(pieces))).toBe(true);
        expect(sha256).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
        expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
        for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBe(64 * 1024);
      }),
      { numRuns: 30 },
    );
  });

  it('writes no chunk without content', async () => {
    expect((await write([])).chunks).toEqual([]);
    expect((await write([Buffer.alloc(64 * 1024)])).chunks).toHaveLength(1);
  });
});
