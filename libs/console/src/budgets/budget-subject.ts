import type { Budget } from '@thriftgate/contracts';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';

/** A budget as an editor reads it. */
export const budgetSubject = (id: string): Subject<Budget> => ({
  key: ['budgets', id],
  read: (options) => api.admin.budgets.retrieveTagged(id, options),
});
