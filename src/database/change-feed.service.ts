import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { GatewayConfig } from '../config/gateway-config';
import { PubSubStore } from '../redis/pub-sub.store';
import { RevisionsRepository, type Topic } from './revisions.repository';

const POLL_MS = 500;

type Reload = () => Promise<void>;

/**
 * Tells the holders of data in memory when another process changed it: at once by Redis where it is there, within half
 * a second by a polled counter in any case. With the embedded database there is no other process and nothing to poll.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly reloads = new Map<Topic, Reload[]>();
  private readonly seen = new Map<string, bigint>();
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private asked = false;

  constructor(
    private readonly config: GatewayConfig,
    private readonly revisions: RevisionsRepository,
    private readonly news: PubSubStore,
  ) {}

  /** Registers what to reload when a topic changes. */
  onChange(topic: Topic, reload: Reload): void {
    this.reloads.set(topic, [...(this.reloads.get(topic) ?? []), reload]);
  }

  /** Says that this process changed a topic: it reloads now, the others as soon as they hear of it. */
  async announce(topic: Topic): Promise<void> {
    await this.reload(topic);
    this.news.publish(topic);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.databaseUrl) return;
    // Every topic counts as changed once: something may have changed since the holders read it.
    await this.check();
    this.news.onTopic(() => void this.check());
    this.timer = setInterval(() => void this.check(), POLL_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.checking;
  }

  /** Looks now. News that come while a look is under way are looked at after it: they may tell of something later. */
  private check(): Promise<void> {
    this.asked = true;
    return (this.checking ??= this.checkWhileAsked()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'changes could not be read'))
      .finally(() => (this.checking = undefined)));
  }

  private async checkWhileAsked(): Promise<void> {
    while (this.asked) {
      this.asked = false;
      const changed = [...(await this.revisions.all())].filter(
        ([topic, revision]) => this.seen.get(topic) !== revision,
      );
      // At once, and each for itself: a slow or failing topic must not keep the others from being heard.
      const reloads = await Promise.allSettled(changed.map(([topic, revision]) => this.catchUp(topic, revision)));
      const failed = reloads.find((reload) => reload.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  private async catchUp(topic: string, revision: bigint): Promise<void> {
    await this.reload(topic as Topic);
    this.seen.set(topic, revision);
  }

  private async reload(topic: Topic): Promise<void> {
    for (const reload of this.reloads.get(topic) ?? []) await reload();
  }
}
