import { VENDORS, type Provider } from '@thriftgate/providers';
import { attemptsBench, JSON_CALL } from '../testing/attempts-bench';
import { ScriptedResponse } from '../testing/scripted-response';
import { ESTIMATE_PUSD } from '../testing/started-attempt';
import { USAGE, USAGE_PUSD } from '../testing/answers';
import { withUsageAlone } from './usage-at-end';

const LISTS = `[${'[],'.repeat(60_000)}[]]`;
const ZEROS = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const { prompt_tokens: read, completion_tokens: written } = USAGE;
const openAi = (usage: object, last = '"system_fingerprint":"fp_}"') =>
  `{"choices":${LISTS},"usage":${JSON.stringify(usage)},${last}}`;

describe('A22: an answer that is too large to be parsed', () => {
  it.each<[string, Provider, string, bigint]>([
    ['its usage', VENDORS.openai.api, openAi({ ...USAGE, details: { audio: [0], text: '}"{' } }), USAGE_PUSD],
    [
      'its usage, as Gemini writes it',
      VENDORS.gemini.api,
      `{"candidates": ${LISTS},\n  "usageMetadata": {"promptTokenCount": ${read}, "candidatesTokenCount": ${written}}}\n`,
      USAGE_PUSD,
    ],
    [
      'its usage, as Anthropic writes it',
      VENDORS.anthropic.api,
      `{"content":${LISTS},"usage":{"input_tokens":${read},"output_tokens":${written}}}`,
      USAGE_PUSD,
    ],
    ['an estimate, for usage that counts nothing', VENDORS.openai.api, openAi(ZEROS), ESTIMATE_PUSD],
    [
      'an estimate, for usage that is not possible',
      VENDORS.openai.api,
      openAi({ ...USAGE, prompt_tokens: 9e15 }),
      ESTIMATE_PUSD,
    ],
    ['an estimate, for no usage', VENDORS.openai.api, `{"choices":${LISTS}}`, ESTIMATE_PUSD],
  ])('is charged at %s', async (_, api, body, costPusd) => {
    const { bench, transport, run } = attemptsBench(JSON_CALL, { api });
    transport.answers.push(new ScriptedResponse().push(body).end());
    await expect(run()).rejects.toMatchObject({ charged: true, error: { code: 'upstream_answer_too_large' } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', costPusd, estimated: costPusd === ESTIMATE_PUSD });
  });
});

describe('the usage at the end of JSON', () => {
  it.each([
    ['a text', '{"a":"\\"usage\\":{\\"input_tokens\\":1}"}'],
    ['an object within', '{"content":[{"input":{"usage":{"input_tokens":1}}}]}'],
    ['JSON that is cut off', '{"a":1,"usage":{"input_tokens":1'],
    ['a text that is cut off', '{"a":1,"usage":{"input_tokens":"1'],
    ['what is far from the end', `{"usage":{"input_tokens":1},"a":"${'x'.repeat(20_000)}"}`],
  ])('is not %s', (_, json) => {
    expect(withUsageAlone(Buffer.from(json))).toBeUndefined();
  });

  it('is the last of several', () => {
    const json = '{"usage":{"a":1},"b":[{"usage":{"a":2}}],"usage":{"a":3},"c":"é"}';
    expect(withUsageAlone(Buffer.from(json))?.toString()).toBe('{"usage":{"a":3}}');
  });
});
