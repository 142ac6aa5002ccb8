import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClientOptions, RedisClientType } from 'redis';
import { CONNECT_TIMEOUT_MS, closeClient, openClient, within } from './client.connection';

const HEARTBEAT_MS = 1_000;
const PAUSE_MS = 250;

type Listener = (text: string) => void;

/** One connection for all subscribed channels, as a subscribed connection accepts no other commands. Reconnects when it is lost. */
export class RedisListener {
  private readonly listeners = new Map<string, Listener>();
  private client: RedisClientType | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private connecting = false;
  private stopped = false;

  /** @param options called for each connection attempt */
  constructor(private readonly options: () => RedisClientOptions) {}

  on(channel: string, listener: Listener): void {
    this.listeners.set(channel, listener);
    if (this.client) void this.client.subscribe(channel, listener).catch(() => undefined);
    else void this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.heartbeat);
    closeClient(this.client);
  }

  private async connect(): Promise<void> {
    if (this.connecting) return;
    this.connecting = true;
    while (!this.stopped && !(await this.tryConnect())) await delay(PAUSE_MS, undefined, { ref: false });
    this.connecting = false;
  }

  private async tryConnect(): Promise<boolean> {
    let client: RedisClientType | undefined;
    try {
      client = await openClient(this.options(), CONNECT_TIMEOUT_MS, () => this.onLost());
      const known = new Map(this.listeners);
      for (const [channel, listener] of known) await within(CONNECT_TIMEOUT_MS, client.subscribe(channel, listener));
      // Channels that were added in the meantime.
      for (const [channel, listener] of this.listeners)
        if (!known.has(channel)) await within(CONNECT_TIMEOUT_MS, client.subscribe(channel, listener));
    } catch {
      closeClient(client);
      return false;
    }
    if (this.stopped) closeClient(client);
    this.client = client;
    this.heartbeat = setInterval(() => {
      void within(HEARTBEAT_MS * 2, client.ping()).catch(() => this.client === client && this.onLost());
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
    return true;
  }

  private onLost(): void {
    clearInterval(this.heartbeat);
    closeClient(this.client);
    this.client = undefined;
    void this.connect();
  }
}
