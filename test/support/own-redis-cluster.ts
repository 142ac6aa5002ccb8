import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';
import { OwnRedis } from './own-redis';

const SLOTS = 16_384;

/** A Redis Cluster of three nodes without replicas, for one test alone. */
export class OwnRedisCluster {
  private constructor(
    readonly nodes: OwnRedis[],
    private readonly directory: string,
  ) {}

  static async start(size = 3): Promise<OwnRedisCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-cluster-'));
    const nodes = await Promise.all(
      Array.from({ length: size }, (_, index) => {
        const settings = ['--cluster-enabled', 'yes', '--cluster-config-file', join(directory, `nodes-${index}.conf`)];
        // A node that is away takes only its own part along.
        return OwnRedis.start([...settings, '--cluster-require-full-coverage', 'no']);
      }),
    );
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
    return new OwnRedisCluster(nodes, directory);
  }

  /** As REDIS_URL takes it. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join(',');
  }

  /** How many keys each node has that begin so. */
  counts(prefix: string): Promise<number[]> {
    return Promise.all(this.nodes.map(async (node) => (await node.command<string[]>('KEYS', `${prefix}*`)).length));
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
