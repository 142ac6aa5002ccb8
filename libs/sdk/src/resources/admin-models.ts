import type {
  AdminModel,
  AdminModelList,
  Deleted,
  ModelCacheRules,
  ModelCacheRulesChange,
  ModelVersion,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** A provider's model that answers for a name. */
export interface NewDeployment {
  provider: string;
  model: string;
  /** Lower is tried first; 1 where it is left out. */
  priority?: number;
  /** Share of the load within a priority. */
  weight?: number;
  max_parallel?: number;
}

/** `/admin/models`. */
export class AdminModels {
  constructor(private readonly http: HttpClient) {}

  list(options?: CallOptions): Promise<AdminModelList> {
    return this.http.json('GET', '/admin/models', options);
  }

  create(
    model: { name: string; deployments: NewDeployment[]; cache?: ModelCacheRules | null },
    options?: CallOptions,
  ): Promise<AdminModel> {
    return this.http.json('POST', '/admin/models', { ...options, body: model });
  }

  /** Puts other deployments behind a name, or changes its cache rules; another target starts a new cache generation. */
  update(
    model: string,
    changes: { deployments?: NewDeployment[]; cache?: ModelCacheRulesChange },
    options?: CallOptions,
  ): Promise<AdminModel> {
    return this.http.json('PATCH', path`/admin/models/${model}`, { ...options, body: changes });
  }

  /** Takes back what was set here: gateway.yaml or the catalogue is in force again. */
  delete(model: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/models/${model}`, options);
  }

  /** Declares which version a model is; a change starts a new cache generation. */
  setVersion(model: string, version: string, options?: CallOptions): Promise<ModelVersion> {
    return this.http.json('PUT', path`/admin/models/${model}/version`, { ...options, body: { version } });
  }
}
