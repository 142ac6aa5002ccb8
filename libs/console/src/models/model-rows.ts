import type { AdminModel, DeploymentStates, UpstreamHealth } from '@thriftgate/contracts';

export type DeploymentState = DeploymentStates['data'][number];
export const WINDOWS = ['last_5m', 'last_1h', 'last_24h'] as const;
export type HealthSpan = (typeof WINDOWS)[number];

/** A deployment of a model in its order, with its state where the process that answers knows it. */
export interface DeploymentRow {
  deployment: AdminModel['deployments'][number];
  name: string;
  state: DeploymentState | undefined;
}

export interface ModelRow {
  model: AdminModel;
  deployments: DeploymentRow[];
  /** Attempts of the last 24 hours. */
  requests: number;
  /** Names of the catalogue that lead to the same deployment and differ in nothing else, as `deepseek/deepseek-v3.2`. */
  otherNames: string[];
}

/** Joins models with the states of their deployments, each in the order in which calls try them. */
export function modelRows(models: readonly AdminModel[], states: readonly DeploymentState[] = []): ModelRow[] {
  const byName = new Map(states.map((state) => [state.deployment, state]));
  return models.map((model) => {
    const deployments = model.deployments
      .toSorted((left, right) => left.priority - right.priority || right.weight - left.weight)
      .map((deployment) => {
        const name = `${deployment.provider}/${deployment.model}`;
        return { deployment, name, state: byName.get(name) };
      });
    const requests = deployments.reduce((sum, { state }) => sum + (state?.health.last_24h.requests ?? 0), 0);
    return { model, deployments, requests, otherNames: [] };
  });
}

/**
 * Lists a model once that the catalogue has under its vendor's name and without it. The states of deployments do not say by which
 * of the names calls came; a name with settings or a generation of its own stays a row.
 */
export function foldNames(rows: readonly ModelRow[]): ModelRow[] {
  const byName = new Map(rows.map((row) => [row.model.name, row]));
  const shorterOf = ({ model }: ModelRow) => {
    const shorter = byName.get(model.deployments[0]?.model ?? '');
    const isSecond = shorter !== undefined && model.name.endsWith(`/${shorter.model.name}`);
    return isSecond && model.source === 'catalogue' && isSame(model, shorter.model) ? shorter.model.name : undefined;
  };
  const names = rows.map((row) => ({ row, shorter: shorterOf(row) }));
  const othersOf = (name: string) => names.flatMap(({ row, shorter }) => (shorter === name ? row.model.name : []));
  return names.flatMap(({ row, shorter }) =>
    shorter === undefined ? { ...row, otherNames: othersOf(row.model.name) } : [],
  );
}

function isSame(left: AdminModel, right: AdminModel): boolean {
  const named = (model: AdminModel) => JSON.stringify({ ...model, name: '' });
  return named(left) === named(right);
}

type FallbackReason = keyof AdminModel['fallbacks'];

/** Models that answer for the same reasons. */
interface FallbackChain {
  reasons: FallbackReason[];
  models: string[];
}

/** The models that answer after one's own deployments, by reason; equal chains of several reasons are one. */
export function fallbackChains({ fallbacks }: AdminModel): FallbackChain[] {
  const chains = new Map<string, FallbackChain>();
  for (const reason of Object.keys(fallbacks) as FallbackReason[]) {
    const models = fallbacks[reason] ?? [];
    if (models.length === 0) continue;
    const known = chains.get(models.join('\n'));
    if (known) known.reasons.push(reason);
    else chains.set(models.join('\n'), { reasons: [reason], models });
  }
  return [...chains.values()];
}

/** Failures by hour, for a spark. */
export const failuresByHour = ({ hours }: UpstreamHealth): string[] => hours.map(({ failures }) => String(failures));
