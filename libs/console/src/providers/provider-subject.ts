import type { Provider } from '@thriftgate/contracts';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';

/** A provider that is switched off or deleted. */
export const providerSubject = (name: string): Subject<Provider> => ({
  key: ['providers', name],
  read: (options) => api.admin.providers.getTagged(name, options),
});
