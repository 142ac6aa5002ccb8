import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AlertsService } from '../../alerts/alerts.service';
import { GATEWAY } from '../../audit/audit-event';
import { pause } from '../../common/runtime/pause';
import { GatewayConfig } from '../../config/gateway-config';
import { GenerationsService } from '../generations.service';
import type { Deployment } from '../model';
import { ModelRegistry } from '../model-registry.service';
import { type Drift, type NamedVersion, VersionsRepository } from './versions.repository';

/** How often a process stores again that a name is in use. */
const REFRESH_MS = 6 * 3600 * 1000;
/** How long a process waits after a failure. */
const RETRY_MS = 1_000;
/** How long the fingerprints of a deployment are ignored after they have changed too often. */
const FLAPPING_PAUSE_MS = 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Names, and when each must be stored again, in milliseconds since 1970. */
type Names = Map<string, number>;

/** The names from a deployment that this process has seen. */
interface Known {
  models: Names;
  /** By the model version in the same response. */
  fingerprints: Map<string, Names>;
  fingerprintsPausedUntil: number;
  /** Resolves when all names are stored. */
  stored: Promise<void>;
}

/** New names in a response. */
interface Observed {
  deployment: Deployment;
  known: Known;
  names: NamedVersion[];
  nowMs: number;
  /** Resumes the lookups that the names have suspended; undefined where they have suspended none. */
  resume: (() => void) | undefined;
}

/**
 * Detects drift from the model versions and fingerprints in upstream responses. A name that is new for the deployment means
 * that its model has changed: stored responses of the old version are no longer served. The database decides which names are
 * new; until it has, this process does not read stored responses of models that a name may have changed.
 */
@Injectable()
export class DriftService implements OnModuleInit {
  private readonly logger = new Logger(DriftService.name);
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly config: GatewayConfig,
    private readonly registry: ModelRegistry,
    private readonly versions: VersionsRepository,
    private readonly generations: GenerationsService,
    private readonly alerts: AlertsService,
  ) {}

  /** Reads the names that earlier processes have stored: a version that is new after a restart is noticed at once. */
  async onModuleInit(): Promise<void> {
    for (const { deployment, lastSeenMs, ...named } of await this.versions.all())
      remember(this.knownOf(deployment), [named], lastSeenMs + REFRESH_MS);
  }

  /**
   * Observes the version and fingerprint in a response. Returns at once; known names cost two look-ups. When it returns, the
   * lookups of models that a new name may have changed are suspended.
   */
  observe(deployment: Deployment, upstreamModel: string | undefined, systemFingerprint: string | undefined): void {
    const nowMs = Date.now();
    const known = this.knownOf(deployment.id);
    const names: NamedVersion[] = [];
    if (upstreamModel !== undefined && isDue(known.models, upstreamModel, nowMs))
      names.push({ kind: 'model', name: upstreamModel, ofVersion: '' });
    if (systemFingerprint !== undefined && nowMs >= known.fingerprintsPausedUntil) {
      const ofVersion = upstreamModel ?? '';
      if (isDue(known.fingerprints.get(ofVersion), systemFingerprint, nowMs))
        names.push({ kind: 'fingerprint', name: systemFingerprint, ofVersion });
    }
    if (names.length === 0) return;
    const oldestMs = nowMs - this.config.drift.knownDays * DAY_MS;
    const changed = names.filter((named) => mayBeDrift(known, named, oldestMs));
    const suspended = changed.flatMap((named) => this.affectedModels(deployment, named));
    // Before the first await, because further responses have the same names.
    remember(known, names, nowMs + REFRESH_MS);
    const resume = suspended.length > 0 ? this.generations.suspend(suspended) : undefined;
    // In order, because of two new names the first is the older version.
    known.stored = known.stored.then(() => this.store({ deployment, known, names, nowMs, resume }));
  }

  private knownOf(deployment: string): Known {
    let known = this.known.get(deployment);
    if (!known) {
      known = { models: new Map(), fingerprints: new Map(), fingerprintsPausedUntil: 0, stored: Promise.resolve() };
      this.known.set(deployment, known);
    }
    return known;
  }

  /** Stores names, those that suspend lookups as often as it takes. */
  private async store(observed: Observed): Promise<void> {
    const { deployment, known, names, nowMs, resume } = observed;
    for (;;) {
      try {
        await this.storeOnce(observed);
        return resume?.();
      } catch (error) {
        this.logger.warn(
          { err: error, deployment: deployment.id },
          'a change of the model version could not be stored',
        );
      }
      if (!resume) return remember(known, names, nowMs + RETRY_MS);
      await pause(RETRY_MS);
    }
  }

  /** When it returns, the generations that the names have started are in force here. */
  private async storeOnce({ deployment, known, names, nowMs, resume }: Observed): Promise<void> {
    const { knownDays, flappingFingerprints } = this.config.drift;
    const rule = { knownDays, maxNewPerDay: flappingFingerprints };
    const { drifts, flapping } = await this.versions.store(deployment.id, names, nowMs, rule, (named) =>
      this.affectedModels(deployment, named),
    );
    if (flapping) this.pauseFingerprints(deployment, known, names, nowMs);
    if (drifts.length > 0) await this.announce(deployment, drifts);
    // Another replica may have stored the name first.
    else if (resume) await this.generations.reload();
  }

  /** The models with stored responses of the deployment, without those that have this version declared or ignore fingerprints. */
  private affectedModels({ id, upstreamModel }: Deployment, { kind, name }: NamedVersion): string[] {
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

  private async announce(deployment: Deployment, drifts: Drift[]): Promise<void> {
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

  private pauseFingerprints({ id }: Deployment, known: Known, names: NamedVersion[], nowMs: number): void {
    known.fingerprintsPausedUntil = nowMs + FLAPPING_PAUSE_MS;
    for (const { kind, name, ofVersion } of names)
      if (kind === 'fingerprint') known.fingerprints.get(ofVersion)?.delete(name);
    this.logger.log({ deployment: id }, 'the fingerprints change too often; they do not count as drift');
  }
}

function isDue(names: Names | undefined, name: string, nowMs: number): boolean {
  const dueMs = names?.get(name);
  return dueMs === undefined || nowMs >= dueMs;
}

/** Whether a name may be drift: the deployment has had others, and not this one since `oldestMs`. */
function mayBeDrift(known: Known, { kind, name, ofVersion }: NamedVersion, oldestMs: number): boolean {
  const names = kind === 'model' ? known.models : known.fingerprints.get(ofVersion);
  if (!names || names.size === 0) return false;
  const dueMs = names.get(name);
  return dueMs === undefined || dueMs - REFRESH_MS < oldestMs;
}

function remember(known: Known, names: NamedVersion[], dueMs: number): void {
  for (const { kind, name, ofVersion } of names) {
    if (kind === 'model') known.models.set(name, dueMs);
    else known.fingerprints.set(ofVersion, (known.fingerprints.get(ofVersion) ?? new Map()).set(name, dueMs));
  }
}
