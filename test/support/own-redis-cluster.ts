import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';
import { OwnRedis } from './own-redis';

const SLOTS = 16_384;

/** A Redis Cluster of three nodes without replicas, for one test. */
export class OwnRedisCluster {
  private constructor(
    readonly nodes: OwnRedis[],
    private readonly directory: string,
    private readonly more: string[],
  ) {}

  static async start(size = 3, more: string[] = []): Promise<OwnRedisCluster> {
    const cluster = await OwnRedisCluster.startNodes(size, more);
    await cluster.join();
    return cluster;
  }

  /** Starts nodes that are not connected and have no slots. */
  static async startNodes(size = 3, more: string[] = []): Promise<OwnRedisCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-cluster-'));
    const nodes = await Promise.all(
      Array.from({ length: size }, (_, index) => {
        return OwnRedis.start([...settingsOf(directory, index), ...more]);
      }),
    );
    return new OwnRedisCluster(nodes, directory, more);
  }

  /** Connects the nodes to a cluster. */
  async join(): Promise<void> {
    const { nodes } = this;
    const size = nodes.length;
    const [first, ...others] = nodes as [OwnRedis, ...OwnRedis[]];
    for (const [index, node] of nodes.entries()) {
      const from = Math.floor((index * SLOTS) / size);
      const to = Math.floor(((index + 1) * SLOTS) / size) - 1;
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    for (const other of others) await first.command('CLUSTER', 'MEET', '127.0.0.1', String(other.port));
    for (const node of nodes)
      await eventually(async () => {
        const info = await node.command<string>('CLUSTER', 'INFO');
        return (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`)) || undefined;
      }, 30_000);
  }

  /** Adds a replica of a node. */
  async addReplicaOf(index: number): Promise<OwnRedis> {
    const master = this.nodes[index] as OwnRedis;
    const replica = await OwnRedis.start([...settingsOf(this.directory, this.nodes.length), ...this.more]);
    this.nodes.push(replica);
    await replica.command('CLUSTER', 'MEET', '127.0.0.1', String(master.port));
    const id = await master.command<string>('CLUSTER', 'MYID');
    await eventually(() => replica.command('CLUSTER', 'REPLICATE', id).catch(() => undefined));
    await eventually(async () => (await replica.command<string>('INFO')).includes('master_link_status:up'), 30_000);
    for (const node of this.nodes)
      await eventually(async () => (await node.command<string>('CLUSTER', 'NODES')).includes(`slave ${id}`), 30_000);
    // The new node discovers the others one after another.
    await eventually(
      async () => (await replica.command<string>('CLUSTER', 'INFO')).includes(`cluster_slots_ok:${SLOTS}`),
      30_000,
    );
    return replica;
  }

  /** The value for REDIS_URL. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join(',');
  }

  /** The number of keys with a prefix on each node. */
  counts(prefix: string): Promise<number[]> {
    return Promise.all(this.nodes.map(async (node) => (await node.command<string[]>('KEYS', `${prefix}*`)).length));
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function settingsOf(directory: string, index: number): string[] {
  const file = join(directory, `nodes-${index}.conf`);
  // If a node is unavailable, only its own slots are unavailable.
  return [
    '--cluster-enabled',
    'yes',
    '--cluster-config-file',
    file,
    '--cluster-require-full-coverage',
    'no',
    '--repl-diskless-sync-delay',
    '0',
    '--dir',
    directory,
  ];
}
