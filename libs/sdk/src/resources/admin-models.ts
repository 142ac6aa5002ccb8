import type {
  AdminModel,
  AdminModelList,
  ChangedModel,
  Deleted,
  DeploymentStates,
  ModelCacheRules,
  ModelCacheRulesChange,
  ModelTest,
  ModelVersion,
  RoutingChanges,
  RoutingSettings,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

/** A provider's model behind a model's name. */
export interface NewDeployment {
  provider: string;
  model: string;
  /** Lower values are used first; default 1. */
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

  retrieve(model: string, options?: CallOptions): Promise<AdminModel> {
    return this.http.json('GET', path`/admin/models/${model}`, options);
  }

  /** A model with the version of its settings, for `ifMatch` of a change. */
  retrieveTagged(model: string, options?: CallOptions): Promise<Tagged<AdminModel>> {
    return this.http.tagged(path`/admin/models/${model}`, options);
  }

  /** Breakers, running calls and latencies of the deployments, as the process that answers sees them. */
  deployments(options?: CallOptions): Promise<DeploymentStates> {
    return this.http.json('GET', '/admin/deployments', options);
  }

  create(
    model: { name: string; deployments: NewDeployment[]; cache?: ModelCacheRules | null } & Partial<RoutingSettings>,
    options?: CallOptions,
  ): Promise<ChangedModel> {
    return this.http.json('POST', '/admin/models', { ...options, body: model });
  }

  /** Replaces the deployments of a model, or changes its routing or cache rules. Stored responses of another target are not used. */
  update(
    model: string,
    changes: { deployments?: NewDeployment[]; cache?: ModelCacheRulesChange } & Partial<RoutingChanges>,
    options?: CallOptions,
  ): Promise<ChangedModel> {
    return this.http.json('PATCH', path`/admin/models/${model}`, { ...options, body: changes });
  }

  /** Deletes the settings of `/admin/models`: gateway.yaml or the catalogue applies again. */
  delete(model: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/models/${model}`, options);
  }

  /** Asks each deployment for a few tokens. */
  test(model: string, options?: CallOptions): Promise<ModelTest> {
    return this.http.json('POST', path`/admin/models/${model}/test`, options);
  }

  /** Declares a model's version; a change starts a new cache generation. */
  setVersion(model: string, version: string, options?: CallOptions): Promise<ModelVersion> {
    return this.http.json('PUT', path`/admin/models/${model}/version`, { ...options, body: { version } });
  }
}
