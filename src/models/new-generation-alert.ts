import type { NewAlert } from '../alerts/alert';
import type { NewGenerations } from './generations.repository';

/** The alert that stored responses of models are no longer served; raised once for each generation, over all replicas. */
export function newGenerationAlert(
  { models, version, reason, actor }: Omit<NewGenerations, 'details'>,
  generation: number,
): NewAlert<'cache_invalidated'> {
  const what: Record<string, string> =
    models.length === 1 && models[0] !== undefined ? { model: models[0] } : { models: String(models.length) };
  if (version !== null) what.version = version;
  return {
    kind: 'cache_invalidated',
    severity: 'info',
    dedupeKey: `cache_invalidated:${models.length === 1 ? models[0] : reason}:${generation}`,
    teamId: null,
    data: { reason, by: actor, what, generation, invalidated_keys: null },
  };
}
