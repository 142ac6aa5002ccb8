import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { BodyFile, UnreadableBody } from './body-file';

describe('the file of a body', () => {
  let directory: string;

  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'thriftgate-body-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('R25: has the bytes that came, whatever the sizes of pieces and parts', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_200_000 }, (_, at) => (at * 7_919) % 251));
    const at = fc.integer({ min: 0, max: bytes.length });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1 }),
        fc.array(fc.tuple(at, at)),
        async (sizes, parts) => {
          const file = new BodyFile(directory);
          for (let [start, piece] = [0, 0]; start < bytes.length; piece += 1) {
            const end = start + (sizes[piece % sizes.length] ?? 1);
            await file.append(bytes.subarray(start, end));
            start = end;
            if (piece > 50) sizes = [400_000];
          }
          await file.end();
          expect(file.length).toBe(bytes.length);
          for (const [one, other] of parts) {
            const [start, end] = [Math.min(one, other), Math.max(one, other)];
            expect((await file.read(start, end)).equals(bytes.subarray(start, end))).toBe(true);
          }
          await file.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('R25: has no name, so that a crash leaves nothing', async () => {
    const file = new BodyFile(directory);
    await file.append(Buffer.alloc(300_000));
    expect(readdirSync(directory)).toEqual([]);
    await file.close();
    await expect(file.read(0, 1)).rejects.toThrow(UnreadableBody);
  });

  it('R25: fails for its writer where it cannot be made, and can be closed all the same', async () => {
    const file = new BodyFile(join(directory, 'lost'));
    await expect(file.append(Buffer.alloc(300_000))).rejects.toThrow('ENOENT');
    await file.close();
  });
});
