import type { ApiKey } from '@thriftgate/contracts';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';

/** A key that is changed or revoked. */
export const keySubject = (id: string): Subject<ApiKey> => ({
  key: ['keys', id],
  read: (options) => api.admin.keys.retrieveTagged(id, options),
});
