import type { LineResult } from '../lines/line-result';
import type { LinesRepository } from '../lines/lines.repository';
import { ResultWriter } from './result-writer.service';

describe('the writer of results', () => {
  it('A5: writes them in groups of up to a megabyte', async () => {
    const written: number[][] = [];
    const lines = {
      record: async (_batchId: string, results: readonly LineResult[]) => {
        written.push(results.map(({ line }) => line.lineNo));
        return results.length;
      },
    };
    const writer = new ResultWriter(lines as unknown as LinesRepository);
    const added = [100, 600_000, 500_000, 400_000, 2_000_000, 100].map((length, at) =>
      writer.add({ line: { batchId: 'batch_1', lineNo: at + 1, token: null }, body: 'x'.repeat(length) } as LineResult),
    );
    await Promise.all(added);
    expect(written).toEqual([[1, 2, 3], [4, 5], [6]]);
  });
});
