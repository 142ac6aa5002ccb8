import type { Logger } from '@nestjs/common';
import slotOf from 'cluster-key-slot';
import { createCluster, type RedisClientOptions, type RedisClientType, type RedisClusterType } from 'redis';
import type { RedisServers } from '../config/redis/redis-url';
import { Breaker } from './breaker/breaker';
import { CONNECT_TIMEOUT_MS, clientOptions, closeClient, isErrorReply, openClient, within } from './client.connection';
import { messageOf, RedisAwayError, RedisRefusedError } from './breaker/redis-errors';
import type { RedisClient, RedisLink } from './redis-link';

type RedisCommandArguments = Parameters<RedisClusterType['sendCommand']>[2];
type RedisCommandArgument = RedisCommandArguments[number];
type Node = RedisClusterType['masters'][number];
type NodeClient = Awaited<ReturnType<RedisClusterType['nodeClient']>>;

/** How often a key that no node has makes the others be asked. */
const LOOK_AGAIN_MS = 1_000;

/**
 * A Redis Cluster, with a breaker before each of its nodes: while one is away, what the others hold is still there. Commands
 * must have all their keys in one slot.
 */
export class ClusterLink implements RedisLink {
  /** Opens where no node can be reached that knows the cluster, and when the cluster has been made up anew. */
  private readonly whole: Breaker;
  private readonly nodes = new Map<string, Breaker>();
  private cluster: RedisClusterType | undefined;
  private lookedAt = -Infinity;

  constructor(
    private readonly servers: RedisServers,
    private readonly timeoutMs: number,
    private readonly logger: Logger,
  ) {
    this.whole = new Breaker(
      {
        server: servers.nodes.map(({ host, port }) => `${host}:${port}`).join(','),
        restore: () => this.discover(),
        abandon: () => this.abandon(),
        ping: () => Promise.resolve(),
        isReply: isErrorReply,
      },
      timeoutMs,
      logger,
    ).start(false);
  }

  get isReady(): boolean {
    return this.whole.isClosed;
  }

  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    const { cluster } = this;
    if (!cluster || !this.whole.isClosed) throw new RedisAwayError('Redis is away');
    try {
      return await command(cluster);
    } catch (error) {
      throw error instanceof RedisAwayError ? error : new RedisAwayError(messageOf(error));
    }
  }

  listenOptions(): RedisClientOptions {
    const node = this.anyNode();
    return clientOptions(this.servers, node ? { host: node.host, port: node.port } : this.servers.nodes[0]);
  }

  stop(): void {
    this.whole.stop();
    this.abandon();
  }

  /** Learns from any node which there are and what they hold; connections to them are made when they are needed. */
  private async discover(): Promise<void> {
    const cluster = createCluster({
      rootNodes: this.servers.nodes.map((node) => ({ socket: node })),
      defaults: clientOptions(this.servers),
      minimizeConnections: true,
    }) as RedisClusterType;
    cluster.on('error', () => undefined);
    try {
      await within(CONNECT_TIMEOUT_MS * 1.5, cluster.connect());
    } catch (error) {
      closeClient(cluster);
      throw error;
    }
    this.guard(cluster);
    this.cluster = cluster;
  }

  private abandon(): void {
    for (const breaker of this.nodes.values()) breaker.stop();
    this.nodes.clear();
    closeClient(this.cluster);
    this.cluster = undefined;
  }

  /** Puts the breaker of a node before every command that goes to it. All commands of a cluster's client pass here. */
  private guard(cluster: RedisClusterType): void {
    const send = cluster.sendCommand.bind(cluster) as typeof cluster.sendCommand;
    cluster.sendCommand = <T>(...[first, isReadonly, args, options]: Parameters<typeof send>): Promise<T> => {
      const key = first ?? firstKeyOfScript(args);
      const node = key === undefined ? this.nodeFor(args, cluster) : cluster.slots[slotOf(key)]?.master;
      if (!node) {
        void this.lookForOwner(key);
        return Promise.reject(new RedisRefusedError('no node of the cluster has this key'));
      }
      return this.breakerOf(node, cluster).run(async () => {
        if (key !== undefined) return send<T>(key, isReadonly, args, options);
        return (await cluster.nodeClient(node)).sendCommand<T>(args, options);
      });
    };
  }

  private breakerOf(node: Node, cluster: RedisClusterType): Breaker {
    const known = this.nodes.get(node.address);
    if (known) return known;
    const breaker = new Breaker(
      {
        server: node.address,
        restore: () => this.restoreNode(node, cluster),
        abandon: () => abandonNode(node),
        ping: async () => (await cluster.nodeClient(node)).ping(),
        isReply: isErrorReply,
      },
      this.timeoutMs,
      this.logger,
    ).start(true);
    this.nodes.set(node.address, breaker);
    return breaker;
  }

  private async restoreNode(node: Node, cluster: RedisClusterType): Promise<void> {
    const options = clientOptions(this.servers, { host: node.host, port: node.port });
    try {
      closeClient(await openClient(options, this.timeoutMs, () => undefined));
      await within(CONNECT_TIMEOUT_MS, Promise.resolve(cluster.nodeClient(node)));
    } catch (error) {
      if (!(await this.isReplaced(node, cluster))) throw error;
      this.whole.trip('the cluster has changed');
    }
  }

  /** Whether the other nodes have given to somebody else what a node held. */
  private async isReplaced(node: Node, cluster: RedisClusterType): Promise<boolean> {
    const other = this.anyNode();
    if (!other || other.address === node.address) return false;
    const client = (await within(CONNECT_TIMEOUT_MS, Promise.resolve(cluster.nodeClient(other)))) as RedisClientType;
    const slots = await within(this.timeoutMs, client.clusterSlots());
    return !slots.some(({ master }) => `${master.ip}:${master.port}` === node.address);
  }

  /**
   * Begins anew where another node knows who has a key: what the cluster looks like may come from a node that had just
   * joined, or from before the slots were given out. The client looks again only when it is sent elsewhere.
   */
  private async lookForOwner(key: RedisCommandArgument | undefined): Promise<void> {
    if (performance.now() - this.lookedAt < LOOK_AGAIN_MS) return;
    this.lookedAt = performance.now();
    const slot = key === undefined ? undefined : slotOf(key);
    for (const node of this.servers.nodes) {
      const ranges = await this.slotsAt(node).catch(() => []);
      if (ranges.some(({ from, to }) => slot === undefined || (from <= slot && slot <= to)))
        return this.whole.trip('the cluster has changed');
    }
  }

  /** What a node knows of who has which slots. @throws Error where it does not say so in time */
  private async slotsAt(node: { host: string; port: number }): Promise<{ from: number; to: number }[]> {
    const client = await openClient(clientOptions(this.servers, node), this.timeoutMs, () => undefined);
    return within(this.timeoutMs, client.clusterSlots()).finally(() => closeClient(client));
  }

  /** Where a command without a key goes. News of one channel take one way, so that they come in the order they were sent. */
  private nodeFor([name, channel]: RedisCommandArguments, cluster: RedisClusterType): Node | undefined {
    const usual = name === 'PUBLISH' && channel !== undefined ? cluster.slots[slotOf(channel)]?.master : undefined;
    return usual && this.isNear(usual) ? usual : this.anyNode();
  }

  /** A node that is not known to be away. */
  private anyNode(): Node | undefined {
    const near = (this.cluster?.masters ?? []).filter((node) => this.isNear(node));
    return near[Math.floor(Math.random() * near.length)];
  }

  private isNear({ address }: Node): boolean {
    return this.nodes.get(address)?.isClosed !== false;
  }
}

/** The client looks for a script's first key in the script itself, and so finds none. EVAL script numkeys key … */
function firstKeyOfScript([name, , count, key]: RedisCommandArguments): RedisCommandArgument | undefined {
  return name === 'EVAL' && count !== '0' ? key : undefined;
}

function abandonNode(node: Node): void {
  const client: NodeClient | Promise<NodeClient> | undefined = node.client;
  node.client = undefined;
  // One that is still being connected is closed when it is.
  void Promise.resolve(client).then(
    (it) => closeClient(it),
    () => undefined,
  );
}
