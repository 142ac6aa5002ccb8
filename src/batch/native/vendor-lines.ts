import type { BatchApi, HttpRequest, VendorBatch, VendorLine } from '@thriftgate/providers';
import { rawLines } from '../input/raw-lines';
import { lineId } from '../plan/batch-planner.service';
import type { LeasedShard } from './shards.repository';
import type { VendorSite } from './vendor-site';

/** The lines of a vendor's results, as they come. @throws VendorBatchError */
export async function* vendorLines(
  site: VendorSite,
  request: HttpRequest,
): AsyncGenerator<VendorLine, void, undefined> {
  const { readPage, readLine }: Pick<BatchApi, 'readPage' | 'readLine'> = site.api;
  if (!readPage) {
    for await (const { text = '' } of rawLines(site.read(request))) {
      const line = readLine(text);
      if (line) yield line;
    }
    return;
  }
  for (let next: HttpRequest | undefined = request; next;) {
    const page: ReturnType<typeof readPage> = readPage((await site.send(next)).body, next);
    yield* page.lines;
    next = page.next;
  }
}

/** The number of the shard's line that a vendor's line is; undefined for names that the gateway did not give. */
export function lineNoOf({ id }: LeasedShard, line: VendorLine): number | undefined {
  const lineNo = Number(line.id.slice(lineId(id, 0).length - 1));
  return lineId(id, lineNo) === line.id ? lineNo : undefined;
}

/** Whether a vendor's batch is made of the shard's lines; undefined while it has no results. @throws VendorBatchError */
export async function isMadeOf(shard: LeasedShard, site: VendorSite, batch: VendorBatch): Promise<boolean | undefined> {
  for (const request of site.api.results(batch, site.baseUrl))
    for await (const line of vendorLines(site, request)) return lineNoOf(shard, line) !== undefined;
  return undefined;
}
