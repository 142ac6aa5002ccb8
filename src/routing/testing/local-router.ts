import { Logger } from '@nestjs/common';
import type { BreakerChannel, BreakerMessage } from '../breakers/breaker-channel.service';
import { Breakers } from '../breakers/breakers.service';
import { Clock } from '../../common/clock';
import { LinePace } from '../lines/line-pace.service';
import { AttemptRunner } from '../attempt-runner.service';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import type { DeploymentCounts } from '../health/deployment-counts.service';
import type { ProviderHealth } from '../provider-health.service';
import { Router } from '../router.service';
import { DeploymentSlots } from '../slots.service';

/** The channel of breakers of a replica without others. */
export class FakeBreakerChannel implements Pick<BreakerChannel, 'send' | 'subscribe'> {
  readonly sent: BreakerMessage[] = [];
  /** Receives a message as if from another replica. */
  receive: (message: BreakerMessage) => void = () => undefined;

  send(message: BreakerMessage): void {
    this.sent.push(message);
  }

  subscribe(listener: (message: BreakerMessage) => void): void {
    this.receive = listener;
  }

  asService(): BreakerChannel {
    return this as Pick<BreakerChannel, 'send' | 'subscribe'> as BreakerChannel;
  }
}

/** A registry of providers that tells which ones are revived. */
export class FakeRevivals implements Pick<ProviderRegistry, 'onRevived'> {
  /** Revives a provider. */
  revive: (name: string) => void = () => undefined;

  onRevived(listener: (name: string) => void): void {
    this.revive = listener;
  }

  asRegistry(): ProviderRegistry {
    return this as Pick<ProviderRegistry, 'onRevived'> as ProviderRegistry;
  }
}

/** A router of its own, with the parts that a test looks at. */
export function localRouter(health: Pick<ProviderHealth, 'succeeded' | 'failed'> = { succeeded() {}, failed() {} }) {
  Logger.overrideLogger(false);
  const slots = new DeploymentSlots();
  const pace = new LinePace(new Clock());
  const channel = new FakeBreakerChannel();
  const breakers = new Breakers(channel.asService(), new FakeRevivals().asRegistry());
  breakers.onModuleInit();
  const counts = { answered() {}, failed() {}, brokeOff() {} } as Pick<
    DeploymentCounts,
    'answered' | 'failed' | 'brokeOff'
  >;
  const router = new Router(
    new AttemptRunner(slots, breakers, health as ProviderHealth, counts as DeploymentCounts, pace),
  );
  return { router, slots, breakers, channel, pace };
}
