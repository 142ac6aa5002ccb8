import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallOptions, Tagged } from '@thriftgate/sdk';

/** An object that is edited: what tells it from others, and how it is read with its version. */
export interface Subject<Value> {
  key: readonly string[];
  read: (options: CallOptions) => Promise<Tagged<Value>>;
}

/** Reads an object when its editor opens, and not again by itself: the version is the one that the person sees. */
const editedQuery = <Value>({ key, read }: Subject<Value>) =>
  queryOptions({
    queryKey: ['edited', ...key],
    queryFn: ({ signal }) => read({ signal }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** What an editor changes, and a function that reads it again. For a component that is there while the editor is open. */
export function useEdited<Value>(subject: Subject<Value>) {
  const client = useQueryClient();
  const options = editedQuery(subject);
  const readAgain = () => client.fetchQuery({ ...options, staleTime: 0 });
  return { query: useQuery(options), readAgain };
}
