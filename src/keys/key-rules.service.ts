import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { ModelRegistry } from '../models/model-registry.service';

/** What the settings of a key must be. Methods throw `invalid_request`. */
@Injectable()
export class KeyRules {
  constructor(
    private readonly clock: Clock,
    private readonly models: ModelRegistry,
  ) {}

  nowMs(): number {
    return this.clock.now();
  }

  /** A key for a model with a typo would be refused by every call. */
  requireModels(models: readonly string[] | null | undefined): void {
    const unknown = models?.findIndex((model) => !this.models.resolve(model)) ?? -1;
    if (!models || unknown < 0) return;
    const param = `models.${unknown}`;
    const { message } = this.models.notFound(models[unknown] ?? '');
    throw new GatewayError('invalid_request', { message: `'${param}': ${message}`, param });
  }

  requireFuture(expiresAt: Date | null | undefined): void {
    if (!expiresAt || expiresAt.getTime() > this.clock.now()) return;
    throw new GatewayError('invalid_request', { message: "'expires_at': must be in the future", param: 'expires_at' });
  }
}
