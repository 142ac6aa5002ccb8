import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../services.mjs';
import { loadVendorServer } from '../vendors/load-vendors.mjs';
import { makeBudgets, spentThisMonth } from './budgets.mjs';
import { DemoGateway } from './gateway.mjs';
import { pastBatches } from './history/batches.mjs';
import { Traffic } from './history/traffic.mjs';
import { writeHistory } from './history.mjs';
import { batchTeam, LiveTraffic, submitBatch } from './live.mjs';
import { gatewayFile, SNAPSHOTS } from './models.mjs';
import { changeModels, revokeKeys, setUp } from './set-up.mjs';
import { makeWebhooks, startReceiver } from './webhooks.mjs';

const ADMIN_KEY = 'sk-admin-demo-0123456789';
const CALLS_A_SECOND = 1.5;
/** So slow are the vendors' batches that one is seen while it runs. */
const BATCH_PACE = { validatingMs: 5_000, inProgressMs: 240_000, finalizingMs: 2_000 };
const POLL_MS = 10_000;

/** The demo: the stand-in of the vendors, a receiver of webhooks, and a gateway with a past. */
export class Demo {
  stops = [];

  /** @param {{directory: string, port?: number, days: number, scale: number, seed: number, isQuiet: boolean}} options */
  constructor(options) {
    Object.assign(this, options);
  }

  /**
   * Starts all of it.
   *
   * @param {(line: string) => void} say
   * @returns `{url, adminKey, people}`
   */
  async start(say) {
    const { directory, days, scale, seed } = this;
    const nowMs = Date.now();
    say('Starting the gateway and the stand-in of the vendors …');
    this.vendors = await loadVendorServer().start();
    this.stops.push(() => this.vendors.stop());
    for (const [model, snapshot] of Object.entries(SNAPSHOTS)) this.vendors.openai.setSnapshot(model, snapshot);
    const receiver = await startReceiver();
    this.stops.push(() => receiver.stop());
    await this.startGateway();
    say('Making teams, keys, budgets and webhooks …');
    const company = await setUp(this.gateway, nowMs);
    await changeModels(this.gateway, this.vendors, company, nowMs);
    await revokeKeys(this.gateway, company, nowMs);
    await makeWebhooks(this.gateway, receiver, company, nowMs);
    const plan = { nowMs, days, scale, seed, teams: company.teams };
    const batches = pastBatches(plan);
    const ofBatches = batches.flatMap(({ attempts }) => attempts);
    const attempts = [...new Traffic(plan).run(), ...ofBatches].toSorted(
      (one, other) => one.createdAtMs - other.createdAtMs,
    );
    const budgets = await makeBudgets(this.gateway, company, spentThisMonth(attempts, nowMs), nowMs);
    await this.gateway.stop();
    say(
      `Writing ${days} days: ${attempts.length} attempts of ${company.teams.length} teams, ${batches.length} batches …`,
    );
    await writeHistory(directory, { ...company, ...plan, attempts, batches, budgets }, inQuarters(say));
    await this.gateway.start();
    await this.goOn(company);
    return { url: this.gateway.url, adminKey: ADMIN_KEY, people: company.people };
  }

  /** Ends all of it, in the reverse order. */
  async stop() {
    for (const stop of this.stops.splice(0).toReversed()) await stop();
  }

  async startGateway() {
    const { directory, vendors } = this;
    const openAi = vendors.openai.baseUrl;
    writeFileSync(join(directory, 'gateway.yaml'), gatewayFile(openAi));
    const env = {
      ...vendors.env,
      DEEPSEEK_API_KEY: 'sk-deepseek-stand-in-0123456789',
      DEEPSEEK_BASE_URL: openAi,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      BATCH_POLL_INTERVAL_MS: String(POLL_MS),
    };
    const port = this.port ?? (await freePort());
    this.gateway = new DemoGateway({ directory, port, adminKey: ADMIN_KEY, env });
    this.stops.push(() => this.gateway.stop());
    await this.gateway.start();
  }

  /** What happens now: a batch that runs, and calls. */
  async goOn({ teams }) {
    this.vendors.openai.setBatchPace(BATCH_PACE);
    await submitBatch(this.gateway, batchTeam(teams), { lines: 40, bad: 2, name: '신상품 라벨' });
    if (this.isQuiet) return;
    const live = new LiveTraffic(this.gateway, this.vendors, { teams, seed: this.seed });
    const running = live.run(CALLS_A_SECOND);
    this.stops.push(() => {
      live.stop();
      return running;
    });
  }
}

/** Tells each quarter that is written. */
function inQuarters(say) {
  let told = 0;
  return (share) => {
    for (; told < Math.floor(share * 4); told += 1) say(`  ${(told + 1) * 25} %`);
  };
}
