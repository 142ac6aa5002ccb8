import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { formatUsd, parseUsd } from '../../src/common/money';
import { BatchClient, type GatewayBatch } from '../support/batch-client';
import { type BatchRow, rowsOfBatch, sumOf } from '../support/batches/batch-rows';
import { FourVendors, MODELS, type RanLine, VENDORS, type VendorName } from '../support/batches/four-vendors';
import { type RunningGateway, startGateway } from '../support/gateway';
import { seeded } from '../support/seeded';

/** The long form is `BATCH_LINES=10000`. */
const LINES = Number(process.env.BATCH_LINES ?? 400);
const random = seeded(Number(process.env.SEED ?? 1));
const MOST_OUTPUT_TOKENS = 100;
/** What a prompt has besides its text. @see https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken */
const TOKENS_OF_MESSAGE = 3;
const TOKENS_OF_REPLY = 3;

/** Pico-dollars per token. */
const PRICES: Record<VendorName, { input: bigint; output: bigint }> = {
  openai: { input: 2_000_000n, output: 8_000_000n },
  anthropic: { input: 3_000_000n, output: 15_000_000n },
  gemini: { input: 1_500_000n, output: 9_000_000n },
  groq: { input: 150_000n, output: 600_000n },
};
const configFile = `prices:
${VENDORS.map((vendor) => {
  const { input, output } = PRICES[vendor];
  const usd = (pusd: bigint) => formatUsd(pusd * 1_000_000n);
  return `  "${MODELS[vendor]}": { input_usd_per_mtok: "${usd(input)}", output_usd_per_mtok: "${usd(output)}" }`;
}).join('\n')}
`;

/** What a line asks; lines with the same number ask the same. */
interface Question {
  number: number;
  vendor: VendorName;
}

const promptOf = (number: number) => `batch savings: in one sentence, what is the meaning of question ${number}.`;
const numberOf = (text: string) => Number(/question (\d+)\./.exec(text)?.[1]);
const listOf = ({ vendor, inputTokens, outputTokens }: RanLine) =>
  BigInt(inputTokens) * PRICES[vendor].input + BigInt(outputTokens) * PRICES[vendor].output;

describe(`${LINES} lines for four vendors, of which six in ten are duplicates and one is stored`, () => {
  const stored = questions(0, LINES / 10);
  const asked = questions(LINES / 10, (LINES * 3) / 10);
  /** Each asked question three times, and each stored one once, in any order. */
  const lines = shuffled([...stored, ...asked, ...asked, ...asked]).map((question, index) => ({
    custom_id: `line-${index}`,
    question,
  }));
  const requests = lines.map(({ custom_id, question }) => requestOf(custom_id, question));
  let vendors: FourVendors;
  let gateway: RunningGateway;
  let batches: BatchClient;
  let quote: any;
  let batch: GatewayBatch;
  let rows: BatchRow[];
  /** What the vendors ran, by question. */
  const ran = new Map<number, RanLine>();

  beforeAll(async () => {
    vendors = await FourVendors.start();
    gateway = await startGateway({ env: vendors.env, configFile });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const first = stored.map((question) => requestOf(`stored-${question.number}`, question));
    await run(first);
    quote = (await gateway.request('POST', '/v1/batches/quote', batches.key, { requests })).body;
    batch = await run(requests);
    rows = await rowsOfBatch(gateway, batch.id);
    for (const line of vendors.log('batch savings').inBatches) ran.set(numberOf(line.text), line);
  }, 600_000);
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  const run = async (all: object[]) => {
    const file = await batches.openai.files.create({
      file: new File([all.map((line) => JSON.stringify(line)).join('\n')], 'lines.jsonl'),
      purpose: 'batch',
    });
    const { id } = await batches.create({ input_file_id: file.id, completion_window: '24h' });
    const ended = await batches.ended(id, 600_000);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: all.length, completed: all.length } });
    return ended;
  };
  const ranLine = (number: number) => {
    const line = ran.get(number);
    if (!line) throw new Error(`no vendor ran question ${number}`);
    return line;
  };
  const sum = (each: readonly Question[], pusd: (line: RanLine) => bigint) =>
    each.reduce((all, { number }) => all + pusd(ranLine(number)), 0n);

  it('gives each custom_id the answer to its own question, once and in order', async () => {
    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(lines.map(({ custom_id }) => custom_id));
    const answered = results.map(({ response }) => numberOf(response?.body.choices[0].message.content));
    expect(answered).toEqual(lines.map(({ question }) => question.number));
    expect(batch.error_file_id).toBeNull();
  });

  it('sends the vendors each distinct question once, through their batch APIs', () => {
    const { inBatches, live } = vendors.log('batch savings');
    expect(live).toEqual([]);
    const sent = inBatches.map(({ vendor, text }) => `${vendor} ${numberOf(text)}`);
    expect(sent.toSorted()).toEqual(
      [...stored, ...asked].map(({ vendor, number }) => `${vendor} ${number}`).toSorted(),
    );
  });

  it('has a row of the ledger for each line, with the tokens and the price of the vendor', () => {
    expect(rows).toHaveLength(LINES);
    const byId = new Map(rows.map((row) => [row.custom_id, row]));
    const kinds = { batch: 0, dedupe: 0, cache: 0 };
    for (const { custom_id, question } of lines) {
      const row = byId.get(custom_id);
      const line = ranLine(question.number);
      const by = (row?.saved_by ?? '') as keyof typeof kinds;
      kinds[by] += 1;
      const list = listOf(line);
      const cost = by === 'batch' ? list / 2n : 0n;
      expect(row).toMatchObject({
        state: 'settled',
        estimated: false,
        input_tokens: line.inputTokens,
        output_tokens: line.outputTokens,
        list_cost_usd: formatUsd(list),
        cost_usd: formatUsd(cost),
        saved_usd: formatUsd(list - cost),
      });
    }
    expect(kinds).toEqual({ batch: asked.length, dedupe: 2 * asked.length, cache: stored.length });
  });

  it('says what the batch cost and saved', () => {
    const list = sum([...stored, ...asked, ...asked, ...asked], listOf);
    const cost = sum(asked, listOf) / 2n;
    expect(batch.gateway).toMatchObject({
      cached: stored.length,
      deduplicated: 2 * asked.length,
      list_cost_usd: formatUsd(list),
      cost_usd: formatUsd(cost),
      saved_usd: formatUsd(list - cost),
    });
    expect(batch.gateway.providers.toSorted()).toEqual(VENDORS.toSorted());
    expect([sumOf(rows, 'list_cost_usd'), sumOf(rows, 'cost_usd')]).toEqual([list, cost]);
  });

  it('was quoted with exact lines, input and saving, and costs what the range says', () => {
    const tokens = (number: number) => countTokens(`user\n${promptOf(number)}`) + TOKENS_OF_MESSAGE + TOKENS_OF_REPLY;
    const input = asked.reduce((all, { number }) => all + tokens(number), 0);
    const inputOfStored = stored.reduce((all, { number }) => all + ranLine(number).inputTokens, 0);
    expect(quote).toMatchObject({
      lines: LINES,
      duplicates: 2 * asked.length,
      cached: stored.length,
      input_tokens: input + inputOfStored,
    });
    // The team's calls of a model wrote so much on average; only the stored questions ran before.
    const written = (vendor: VendorName) => {
      const outputs = stored.filter((each) => each.vendor === vendor).map(({ number }) => ranLine(number).outputTokens);
      return Math.ceil(outputs.reduce((all, each) => all + each, 0) / outputs.length);
    };
    const likely = (each: Question) =>
      listOf({ vendor: each.vendor, text: '', inputTokens: tokens(each.number), outputTokens: written(each.vendor) });
    const list = asked.reduce((all, each) => all + likely(each), 0n);
    expect([quote.list_cost_usd, quote.cost_usd.likely]).toEqual([
      formatUsd(3n * list + sum(stored, listOf)),
      formatUsd(list / 2n),
    ]);
    const cost = parseUsd(batch.gateway.cost_usd);
    expect(cost).toBeGreaterThanOrEqual(parseUsd(quote.cost_usd.at_least));
    expect(cost).toBeLessThanOrEqual(parseUsd(quote.cost_usd.at_most));
  });
});

function questions(from: number, count: number): Question[] {
  return Array.from({ length: count }, (_, index) => ({
    number: from + index,
    vendor: VENDORS[index % VENDORS.length] as VendorName,
  }));
}

function requestOf(customId: string, { number, vendor }: Question) {
  const messages = [{ role: 'user', content: promptOf(number) }];
  return {
    custom_id: customId,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: MODELS[vendor], messages, max_tokens: MOST_OUTPUT_TOKENS },
  };
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ item }) => item);
}
