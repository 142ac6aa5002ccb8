import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningGateway } from '../gateway';

/** Reads the result files of a team again and again, and notes each that is not whole. */
export class FileReader {
  /** What was wrong with a file. */
  readonly faults: string[] = [];
  /** How often a file was read. */
  reads = 0;
  private readonly hashes = new Map<string, string>();
  private readonly reading: Promise<void>;
  private stopped = false;

  constructor(
    private readonly gateway: RunningGateway,
    private readonly key: string,
  ) {
    this.reading = this.readOn();
  }

  /** How many files it has seen. */
  get files(): number {
    return this.hashes.size;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.reading;
  }

  private async readOn(): Promise<void> {
    while (!this.stopped) {
      // Nothing is read while the process is down.
      await this.readAll().catch(() => undefined);
      await delay(20);
    }
  }

  private async readAll(): Promise<void> {
    const files = await this.get('/v1/files?purpose=batch_output&limit=10&order=desc');
    const batches = await this.get('/v1/batches?limit=10');
    for (const { id, bytes } of files.data) await this.read(id, bytes);
    for (const { output_file_id: id, request_counts: counts } of batches.data)
      if (id) await this.read(id, undefined, counts.completed);
  }

  private async read(id: string, bytes: number | undefined, lines?: number): Promise<void> {
    const response = await this.fetch(`/v1/files/${id}/content`);
    if (response.status !== 200) return void this.faults.push(`${id}: ${response.status}`);
    const content = Buffer.from(await response.arrayBuffer());
    this.reads += 1;
    const hash = createHash('sha256').update(content).digest('hex');
    const before = this.hashes.get(id) ?? hash;
    this.hashes.set(id, hash);
    const text = content.toString();
    const found = text.split('\n').length - 1;
    if (hash !== before) this.faults.push(`${id}: its content has changed`);
    if (bytes !== undefined && bytes !== content.length) this.faults.push(`${id}: ${content.length} of ${bytes} bytes`);
    if (!text.endsWith('\n')) this.faults.push(`${id}: its last line is cut`);
    if (lines !== undefined && lines !== found) this.faults.push(`${id}: ${found} of ${lines} lines`);
  }

  private async get(path: string): Promise<any> {
    return (await this.fetch(path)).json();
  }

  private fetch(path: string): Promise<Response> {
    return fetch(this.gateway.url + path, { headers: { authorization: `Bearer ${this.key}` } });
  }
}
