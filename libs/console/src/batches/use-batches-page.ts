import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { type BatchStatus, STATUS_TEXTS } from './batch-status';

interface BatchesSearch {
  /** The id of the batch that is shown. */
  batch: string | undefined;
  isNew: boolean;
  status: BatchStatus | undefined;
}

function readSearch({ batch, new: isNew, status }: RawSearch): BatchesSearch {
  const statuses = Object.keys(STATUS_TEXTS) as BatchStatus[];
  return {
    batch: typeof batch === 'string' && batch !== '' ? batch : undefined,
    isNew: isNew === 'yes',
    status: statuses.find((each) => each === status),
  };
}

/** What the address says of the page of batches: the list, a new one, or one of them. */
export const useBatchesSearch = () => usePageSearch(readSearch);
