import { Injectable, Logger } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GATEWAY } from '../../audit/audit-event';
import { GatewayConfig } from '../../config/gateway-config';
import { GenerationsService } from '../generations.service';
import type { Deployment } from '../model';
import { ModelRegistry } from '../model-registry.service';
import { type Drift, type NamedVersion, VersionsRepository } from './versions.repository';

/** How long a process does not tell the database again that a name is still in use. */
const REFRESH_MS = 6 * 3600 * 1000;
/** After a failure, and for a deployment whose fingerprints are no news. */
const RETRY_MS = 1_000;
const FLAPPING_REST_MS = 3600 * 1000;

/** Names, and when each is to be noted again. */
type Names = Map<string, number>;

/** What a deployment named, to this process. */
interface Known {
  models: Names;
  /** By the model version that they came with. */
  fingerprints: Map<string, Names>;
  fingerprintsRestUntil: number;
  /** Resolved when all that was named is noted. */
  noted: Promise<void>;
}

/**
 * Watches which version of a model writes the upstream's answers. One that the deployment has not named before means that
 * the model has changed: what the old one wrote is not served any more.
 */
@Injectable()
export class DriftService {
  private readonly logger = new Logger(DriftService.name);
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly config: GatewayConfig,
    private readonly registry: ModelRegistry,
    private readonly versions: VersionsRepository,
    private readonly generations: GenerationsService,
    private readonly alerts: AlertsService,
  ) {}

  /** Takes note of what an answer says of who wrote it. Returns at once; what is known costs two look-ups. */
  observe(deployment: Deployment, upstreamModel: string | undefined, systemFingerprint: string | undefined): void {
    const nowMs = Date.now();
    const known = this.knownOf(deployment.id);
    const names: NamedVersion[] = [];
    if (upstreamModel !== undefined && isDue(known.models, upstreamModel, nowMs))
      names.push({ kind: 'model', name: upstreamModel, ofVersion: '' });
    if (systemFingerprint !== undefined && nowMs >= known.fingerprintsRestUntil) {
      const ofVersion = upstreamModel ?? '';
      if (isDue(known.fingerprints.get(ofVersion), systemFingerprint, nowMs))
        names.push({ kind: 'fingerprint', name: systemFingerprint, ofVersion });
    }
    if (names.length === 0) return;
    // Set before anything is waited for: the answers that come meanwhile say the same.
    remember(known, names, nowMs + REFRESH_MS);
    // One after the other: of two new names the one that came first is the older version.
    known.noted = known.noted.then(() => this.note(deployment, known, names, nowMs));
  }

  private knownOf(deployment: string): Known {
    let known = this.known.get(deployment);
    if (!known) {
      known = { models: new Map(), fingerprints: new Map(), fingerprintsRestUntil: 0, noted: Promise.resolve() };
      this.known.set(deployment, known);
    }
    return known;
  }

  private async note(deployment: Deployment, known: Known, names: NamedVersion[], nowMs: number): Promise<void> {
    try {
      const { knownDays, flappingFingerprints } = this.config.drift;
      const rule = { knownDays, mostNewADay: flappingFingerprints };
      const { drifts, flapping } = await this.versions.note(deployment.id, names, nowMs, rule, (named) =>
        this.modelsHitBy(deployment, named),
      );
      if (flapping) this.rest(deployment, known, names, nowMs);
      if (drifts.length > 0) await this.tell(deployment, drifts);
    } catch (error) {
      remember(known, names, nowMs + RETRY_MS);
      this.logger.warn({ err: error, deployment: deployment.id }, 'a change of the model version could not be kept');
    }
  }

  /** The models whose stored answers the deployment writes, without those that know of the change or do not mind it. */
  private modelsHitBy({ id, upstreamModel }: Deployment, { kind, name }: NamedVersion): string[] {
    return this.registry
      .all()
      .filter(
        (model) =>
          model.family === upstreamModel &&
          model.deployments.some((each) => each.id === id) &&
          !(kind === 'fingerprint' && model.cache.ignoreFingerprint) &&
          this.generations.current(model.name).version !== name,
      )
      .map(({ name: model }) => model);
  }

  private async tell(deployment: Deployment, drifts: Drift[]): Promise<void> {
    await this.generations.announce(
      drifts.map(({ models }) => ({ models, version: null, reason: 'drift' as const, actor: GATEWAY, details: {} })),
    );
    for (const { kind, name, before, models } of drifts) {
      this.logger.warn({ deployment: deployment.id, kind, before, now: name }, 'the model version changed upstream');
      for (const model of models) {
        const { generation } = this.generations.current(model);
        this.alerts.raise({
          kind: 'model_drift',
          severity: 'warning',
          dedupeKey: `model_drift:${model}:${generation}`,
          teamId: null,
          data: { model, deployment: deployment.id, before, now: name, generation },
        });
      }
    }
  }

  private rest({ id }: Deployment, known: Known, names: NamedVersion[], nowMs: number): void {
    known.fingerprintsRestUntil = nowMs + FLAPPING_REST_MS;
    for (const { kind, name, ofVersion } of names)
      if (kind === 'fingerprint') known.fingerprints.get(ofVersion)?.delete(name);
    this.logger.log({ deployment: id }, 'fingerprints that change all the time are not taken for changes of the model');
  }
}

function isDue(names: Names | undefined, name: string, nowMs: number): boolean {
  const dueMs = names?.get(name);
  return dueMs === undefined || nowMs >= dueMs;
}

function remember(known: Known, names: NamedVersion[], dueMs: number): void {
  for (const { kind, name, ofVersion } of names) {
    if (kind === 'model') known.models.set(name, dueMs);
    else known.fingerprints.set(ofVersion, (known.fingerprints.get(ofVersion) ?? new Map()).set(name, dueMs));
  }
}
