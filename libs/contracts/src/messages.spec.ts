import { z } from 'zod';
import * as contracts from './index';
import { nearMiss } from './near-miss';

const messageOf = (schema: z.ZodType, value: unknown): string => {
  const { error } = schema.safeParse(value);
  const [issue] = error?.issues ?? [];
  return `${[...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys : [])].join('.')}: ${issue?.message}`;
};

describe('messages of the contracts', () => {
  it.each<[z.ZodType, unknown, string]>([
    [contracts.createTeamSchema, {}, 'name: is required and must be a text'],
    [contracts.createTeamSchema, { name: 7 }, 'name: must be a text'],
    [contracts.createTeamSchema, { name: '' }, 'name: must not be empty'],
    [contracts.createTeamSchema, { name: 'x'.repeat(201) }, 'name: must have at most 200 characters'],
    [contracts.createTeamSchema, { name: 'x', nmae: 'y' }, "nmae: is not known. Did you mean 'name'? Known are name"],
    [
      contracts.createKeySchema,
      { name: 'x', role: 'amin' },
      "role: must be one of platform_admin, auditor, team_admin, member, admin. Did you mean 'admin'?",
    ],
    [contracts.createKeySchema, { name: 'x', rpm_limit: 0 }, 'rpm_limit: must be at least 1'],
    [contracts.createKeySchema, { name: 'x', rpm_limit: 1.5 }, 'rpm_limit: must be a whole number'],
    [contracts.createKeySchema, { name: 'x', models: 'gpt' }, 'models: must be a list'],
    [
      contracts.createKeySchema,
      { name: 'x', expires_at: 'tomorrow' },
      'expires_at: must be a time in RFC 3339, as "2027-11-23T00:00:00Z"',
    ],
    [contracts.createWebhookSchema, { url: 'nowhere' }, 'url: must be a URL that starts with http:// or https://'],
    [contracts.listAuditQuerySchema, { limit: 'many' }, 'limit: must be a number'],
    [contracts.listAuditQuerySchema, { limit: '5000' }, 'limit: must be at most 1,000'],
    [contracts.invalidateCacheSchema, { modle: 'x' }, "modle: is not known. Did you mean 'model'?"],
  ])('N17: name what the member must be: %#', (schema, value, message) => {
    expect(messageOf(schema, value)).toContain(message);
  });

  it.each([
    [100, '100'],
    [0.1, '0.1'],
    ['0.10', '0.10'],
  ])('N17: take %j dollars', (limit_usd, text) => {
    const body = { team_id: 'team_1', window: 'day', limit_usd };
    expect(contracts.createBudgetSchema.parse(body).limit_usd).toBe(text);
  });

  it.each([[0.1 + 0.2], [1e-7], [1e21], [-1], [NaN], ['1e3'], [null], [true]])(
    'N17: refuse %j dollars',
    (limit_usd) => {
      const body = { team_id: 'team_1', window: 'day', limit_usd };
      expect(messageOf(contracts.createBudgetSchema, body)).toContain('limit_usd: must be decimal dollars');
    },
  );

  it('N17: have no word of the validator', () => {
    const schemas = Object.values(contracts).filter((each) => each instanceof z.ZodObject);
    const values = [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { name: {} },
      Object.fromEntries(['a', 'b'].map((each) => [each, 1])),
    ];
    for (const schema of schemas) {
      const members = Object.keys(schema.shape);
      for (const value of [...values, ...values.map((each) => Object.fromEntries(members.map((name) => [name, each])))])
        for (const issue of schema.safeParse(value).error?.issues ?? [])
          expect(issue.message).not.toMatch(
            /Invalid|Too (small|big)|expected (string|number|array)|received|Unrecognized|undefined/,
          );
    }
  });
});

describe('near misses', () => {
  it.each([
    ['limt_usd', 'limit_usd'],
    ['limitUsd', 'limit_usd'],
    ['window', 'window'],
    ['team', 'team_id'],
    ['wx', undefined],
    ['something else', undefined],
    ['x'.repeat(10_000), undefined],
  ])('of %.20s', (word, near) => {
    expect(nearMiss(word, ['limit_usd', 'window', 'team_id'])).toBe(near);
  });
});
