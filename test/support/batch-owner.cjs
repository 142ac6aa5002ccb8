// An instance that owns attempts of a batch as native batches will, without HTTP: `node batch-owner.cjs open|settle <team> <key>`.
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const dist = (path) => require(`../../dist/src/${path}.js`);
const { AppModule } = dist('app.module');
const { BudgetDirectory } = dist('budgets/budget-directory.service');
const { OwnerHoldsService } = dist('budgets/holds/owner-holds.service');
const { newRequestId } = dist('common/ids');
const { DataDirectory } = dist('config/data-directory');
const { loadConfig } = dist('config/load-config');
const { LedgerService } = dist('ledger/ledger.service');
const { OwnersService } = dist('ledger/owners.service');

const BATCH = 'batch_01KAS5T9W3E7R1Y5U8P2000001';
const CENT_PUSD = 10_000_000_000n;
const [, , step, teamId, keyId] = process.argv;

async function main() {
  const config = loadConfig();
  const dataDirectory = DataDirectory.open(config.dataDirectory);
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config, dataDirectory), { logger: false });
  const get = (token) => app.get(token, { strict: false });
  const [budgets, holds] = [get(BudgetDirectory), get(OwnerHoldsService)];
  const [ledger, owners] = [get(LedgerService), get(OwnersService)];
  const batch = await owners.register(BATCH);
  if (step === 'open') {
    const charged = await holds.hold(batch, budgets.of({ teamId, keyId }), 30n * CENT_PUSD, true);
    for (const customId of ['a', 'b', 'c']) await ledger.open(intent(charged, customId), 10, 10n * CENT_PUSD, batch);
    process.stdout.write('opened\n');
    // Runs until it is killed.
    return setInterval(() => undefined, 1_000_000);
  }
  for (const { open, customId } of await owners.openAttempts(batch))
    if (customId !== 'c') await ledger.settle(open, outcome(4n * CENT_PUSD));
  process.stdout.write(`unknown ${await owners.end(batch)}\n`);
  await app.close();
  dataDirectory.close();
}

const intent = (charged, customId) => ({
  request_id: newRequestId(),
  attempt: 1,
  team_id: teamId,
  key_id: keyId,
  model: 'gpt-4.1',
  provider: 'openai',
  upstream_model: 'gpt-4.1',
  endpoint: '/v1/chat/completions',
  stream: false,
  cache_status: 'MISS',
  cache_generation: 1,
  question: null,
  price_id: null,
  charged,
  batch_id: BATCH,
  custom_id: customId,
  tags: null,
});

const outcome = (pusd) => ({
  state: 'settled',
  status: 200,
  upstreamModel: 'gpt-4.1',
  usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
  listCostPusd: pusd,
  costPusd: pusd,
  savedBy: null,
  estimated: false,
  errorCode: null,
  uncached: null,
  latencyMs: 10,
  ttftMs: null,
});

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
