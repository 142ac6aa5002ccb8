import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { AdminMe, Preferences } from '@thriftgate/contracts';
import { meQuery, putPreferences } from './me-query';

/** Who is signed in. Below the shell, which waits for it. */
export function useMe(): AdminMe {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the person has a permission, as `usage:read`. */
export function useMay(permission: string): boolean {
  return useMe().permissions.includes(permission);
}

/** Changes a part of the preferences, at once on the screen; taken back if the gateway refuses it. */
export function useChangePreferences(onError: (error: Error) => void) {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: putPreferences,
    onMutate: (preferences: Preferences) => {
      const before = client.getQueryData(meQuery.queryKey);
      client.setQueryData(meQuery.queryKey, (me) => me && { ...me, preferences });
      return before;
    },
    onError: (error: Error, _preferences, before) => {
      client.setQueryData(meQuery.queryKey, before);
      onError(error);
    },
  });
  return (changes: Partial<Preferences>) => {
    const me = client.getQueryData(meQuery.queryKey);
    if (me) mutate({ ...me.preferences, ...changes });
  };
}
