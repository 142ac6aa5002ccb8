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

/** The shortest time between two searches for the node of a key that no known node has. */
const SEARCH_INTERVAL_MS = 1_000;

/**
 * A Redis Cluster with a breaker for each node: while one node is away, the data of the others stays available. A command
 * must have all its keys in one slot.
 */
export class ClusterLink implements RedisLink {
  /** Opens when no node that knows the cluster can be reached, and when the cluster's nodes or slots have changed. */
  private readonly clusterBreaker: Breaker;
  private readonly nodeBreakers = new Map<string, Breaker>();
  private cluster: RedisClusterType | undefined;
  private searchedAt = -Infinity;

  constructor(
    private readonly servers: RedisServers,
    private readonly timeoutMs: number,
    private readonly logger: Logger,
  ) {
    this.clusterBreaker = new Breaker(
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
    return this.clusterBreaker.isClosed;
  }

  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    const { cluster } = this;
    if (!cluster || !this.clusterBreaker.isClosed) throw new RedisAwayError('Redis is away');
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
    this.clusterBreaker.stop();
    this.abandon();
  }

  /** Reads the cluster's nodes and slots from any node; connections to the nodes are opened when they are needed. */
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
    this.guardNodes(cluster);
    this.cluster = cluster;
  }

  private abandon(): void {
    for (const breaker of this.nodeBreakers.values()) breaker.stop();
    this.nodeBreakers.clear();
    closeClient(this.cluster);
    this.cluster = undefined;
  }

  /** Runs each command through the breaker of its node. All commands of a cluster's client use `sendCommand`. */
  private guardNodes(cluster: RedisClusterType): void {
    const send = cluster.sendCommand.bind(cluster) as typeof cluster.sendCommand;
    cluster.sendCommand = <T>(...[first, isReadonly, args, options]: Parameters<typeof send>): Promise<T> => {
      const key = first ?? firstKeyOfScript(args);
      const node = key === undefined ? this.nodeFor(args, cluster) : cluster.slots[slotOf(key)]?.master;
      if (!node) {
        void this.searchOwner(key);
        return Promise.reject(new RedisRefusedError('no node of the cluster has this key'));
      }
      return this.breakerOf(node, cluster).run(async () => {
        if (key !== undefined) return send<T>(key, isReadonly, args, options);
        return (await cluster.nodeClient(node)).sendCommand<T>(args, options);
      });
    };
  }

  private breakerOf(node: Node, cluster: RedisClusterType): Breaker {
    const known = this.nodeBreakers.get(node.address);
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
    this.nodeBreakers.set(node.address, breaker);
    return breaker;
  }

  private async restoreNode(node: Node, cluster: RedisClusterType): Promise<void> {
    const options = clientOptions(this.servers, { host: node.host, port: node.port });
    try {
      closeClient(await openClient(options, this.timeoutMs, () => undefined));
      await within(CONNECT_TIMEOUT_MS, Promise.resolve(cluster.nodeClient(node)));
    } catch (error) {
      if (!(await this.isReplaced(node, cluster))) throw error;
      this.clusterBreaker.trip('the cluster has changed');
    }
  }

  /** Whether, as another node reports, other nodes now own the node's slots. */
  private async isReplaced(node: Node, cluster: RedisClusterType): Promise<boolean> {
    const other = this.anyNode();
    if (!other || other.address === node.address) return false;
    const client = (await within(CONNECT_TIMEOUT_MS, Promise.resolve(cluster.nodeClient(other)))) as RedisClientType;
    const slots = await within(this.timeoutMs, client.clusterSlots());
    return !slots.some(({ master }) => `${master.ip}:${master.port}` === node.address);
  }

  /**
   * Discovers the cluster again if a node knows the owner of a key: the known topology may come from a node that had just
   * joined, or from before the slots were assigned. The client refreshes the topology only when it is redirected.
   */
  private async searchOwner(key: RedisCommandArgument | undefined): Promise<void> {
    if (performance.now() - this.searchedAt < SEARCH_INTERVAL_MS) return;
    this.searchedAt = performance.now();
    const slot = key === undefined ? undefined : slotOf(key);
    for (const node of this.servers.nodes) {
      const ranges = await this.slotsAt(node).catch(() => []);
      if (ranges.some(({ from, to }) => slot === undefined || (from <= slot && slot <= to)))
        return this.clusterBreaker.trip('the cluster has changed');
    }
  }

  /** The slot ranges that have an owner, as a node reports them. @throws Error when it does not reply in time */
  private async slotsAt(node: { host: string; port: number }): Promise<{ from: number; to: number }[]> {
    const client = await openClient(clientOptions(this.servers, node), this.timeoutMs, () => undefined);
    return within(this.timeoutMs, client.clusterSlots()).finally(() => closeClient(client));
  }

  /** The node for a command without a key. Messages of one channel use one node, so that they arrive in order. */
  private nodeFor([name, channel]: RedisCommandArguments, cluster: RedisClusterType): Node | undefined {
    const usual = name === 'PUBLISH' && channel !== undefined ? cluster.slots[slotOf(channel)]?.master : undefined;
    return usual && this.isAvailable(usual) ? usual : this.anyNode();
  }

  /** A random node that is not known to be away. */
  private anyNode(): Node | undefined {
    const available = (this.cluster?.masters ?? []).filter((node) => this.isAvailable(node));
    return available[Math.floor(Math.random() * available.length)];
  }

  private isAvailable({ address }: Node): boolean {
    return this.nodeBreakers.get(address)?.isClosed !== false;
  }
}

/** The key of `EVAL script numkeys key …`: the client looks for a key in the script's text and finds none. */
function firstKeyOfScript([name, , count, key]: RedisCommandArguments): RedisCommandArgument | undefined {
  return name === 'EVAL' && count !== '0' ? key : undefined;
}

function abandonNode(node: Node): void {
  const client: NodeClient | Promise<NodeClient> | undefined = node.client;
  node.client = undefined;
  // A client that is still connecting is closed afterwards.
  void Promise.resolve(client).then(
    (connected) => closeClient(connected),
    () => undefined,
  );
}
