import { BatchDetail } from './batch-detail';
import { BatchList } from './batch-list';
import { NewBatch } from './new-batch';
import { useBatchesSearch } from './use-batches-page';

/** Batches: the list, a new one, or one of them, as the address says. */
export function BatchesPage() {
  const [{ batch, isNew }] = useBatchesSearch();
  if (batch !== undefined) return <BatchDetail id={batch} />;
  return isNew ? <NewBatch /> : <BatchList />;
}
