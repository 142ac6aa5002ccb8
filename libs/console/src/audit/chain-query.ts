import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AuditVerification } from '@thriftgate/contracts';
import { api } from '../api/client';

/** The gateway reads the whole chain: a view of the page takes what it found within the hour. */
const MAX_AGE_SECONDS = 3_600;
const KEY = ['audit-chain'];

/** Whether the audit is as it was written. */
export function useChain() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.admin.audit.verify({ max_age_seconds: MAX_AGE_SECONDS }, { signal }),
  });
}

/** Has the whole chain read now. */
export function useVerifyNow(onError: (error: Error) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.admin.audit.verify(),
    onSuccess: (verification: AuditVerification) => client.setQueryData(KEY, verification),
    onError,
  });
}
