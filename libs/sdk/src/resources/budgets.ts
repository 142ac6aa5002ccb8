import type {
  Budget,
  BudgetList,
  BudgetWindows,
  Deleted,
  ListBudgetsQuery,
  NewBudget,
  UpdateBudget,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

/** `/admin/budgets`: spending limits of teams and keys. */
export class Budgets {
  constructor(private readonly http: HttpClient) {}

  /** Creates a budget of a team or a key. Dollars are decimal text (`"100.00"`). */
  create(budget: NewBudget, options?: CallOptions): Promise<Budget> {
    return this.http.json('POST', '/admin/budgets', { ...options, body: budget });
  }

  /** Oldest first, with the dollars spent and reserved now. */
  list(query: Partial<ListBudgetsQuery> = {}, options?: CallOptions): Promise<BudgetList> {
    return this.http.json('GET', '/admin/budgets', { ...options, query: { ...query } });
  }

  retrieve(id: string, options?: CallOptions): Promise<Budget> {
    return this.http.json('GET', path`/admin/budgets/${id}`, options);
  }

  /** A budget with its version, for `ifMatch` of a change. */
  retrieveTagged(id: string, options?: CallOptions): Promise<Tagged<Budget>> {
    return this.http.tagged(path`/admin/budgets/${id}`, options);
  }

  /** What was spent in past windows, the newest first, and in the current one by day or hour. @param limit how many past ones */
  windows(id: string, limit?: number, options?: CallOptions): Promise<BudgetWindows> {
    return this.http.json('GET', path`/admin/budgets/${id}/windows`, { ...options, query: { limit } });
  }

  /** Takes effect at once; spending in the current window still counts. */
  update(id: string, changes: UpdateBudget, options?: CallOptions): Promise<Budget> {
    return this.http.json('PATCH', path`/admin/budgets/${id}`, { ...options, body: changes });
  }

  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/budgets/${id}`, options);
  }
}
