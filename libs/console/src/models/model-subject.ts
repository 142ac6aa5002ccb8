import type { AdminModel } from '@thriftgate/contracts';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';

/** A model whose settings are changed or deleted. */
export const modelSubject = (name: string): Subject<AdminModel> => ({
  key: ['models', name],
  read: (options) => api.admin.models.retrieveTagged(name, options),
});
