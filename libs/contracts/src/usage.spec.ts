import { listRequestsQuerySchema } from './requests';
import { adminUsageQuerySchema, usageQuerySchema } from './usage';

/** The member and the message of the first issue. */
function refusal(schema: { safeParse: typeof usageQuerySchema.safeParse }, query: unknown): string | undefined {
  const issue = schema.safeParse(query).error?.issues[0];
  return issue && `${[...issue.path, ...('keys' in issue ? issue.keys : [])].join('.')}: ${issue.message}`;
}

describe('usageQuerySchema', () => {
  it('has no required member', () => {
    expect(usageQuerySchema.parse({})).toEqual({ group_by: [], format: 'json', timezone: 'UTC' });
  });

  it.each([
    ['2026-11-23T09:30:00Z', '2026-11-23T09:30:00.000Z'],
    ['2026-11-23T09:30:00.5+09:00', '2026-11-23T00:30:00.500Z'],
    ['2026-11-23T09:30:00 09:00', '2026-11-23T00:30:00.000Z'],
    ['1795424400', '2026-11-23T09:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('reads from=%s', (from, time) => {
    expect(usageQuerySchema.parse({ from }).from).toEqual(new Date(time));
  });

  it('N15: leaves days to the time zone', () => {
    const query = { from: '2026-11-23', to: '2026-11-23', timezone: 'Asia/Seoul' };
    expect(usageQuerySchema.parse(query)).toMatchObject({ from: { day: '2026-11-23' }, to: { day: '2026-11-23' } });
  });

  it.each([
    [{ model: 'a,b' }, { model: ['a', 'b'] }],
    [{ model: ['a', 'b,c'] }, { model: ['a', 'b', 'c'] }],
    [{ cache_status: 'hit' }, { cache_status: ['HIT'] }],
    [{ status: '429,5xx' }, { status: [{ least: 429, most: 429 }, { least: 500, most: 599 }] }], // prettier-ignore
  ])('N15: reads the lists of %j', (query, expected) => {
    expect(usageQuerySchema.parse(query)).toMatchObject(expected);
  });

  it.each(['yesterday', '2026-02-30', '2026-11-23T09:30', '-1', '1795424400000', '0000-01-01', '1969-12-31', ''])(
    'refuses from=%s',
    (from) => expect(refusal(usageQuerySchema, { from })).toMatch(/^from: must be RFC 3339/),
  );

  it('refuses a range that ends before it begins', () => {
    expect(refusal(usageQuerySchema, { from: '2026-11-23', to: '2026-11-22' })).toBe('from: must be before to');
    expect(refusal(usageQuerySchema, { from: '1795424400', to: '1795424400' })).toBe('from: must be before to');
  });

  it('reads groups once each, in a fixed order', () => {
    expect(usageQuerySchema.parse({ group_by: 'day, model,day' }).group_by).toEqual(['day', 'model']);
    expect(usageQuerySchema.parse({ group_by: '' }).group_by).toEqual([]);
  });

  it.each([
    [{ group_by: 'model,colour' }, /^group_by: 'colour' is not known/],
    [{ group_by: 'model,' }, /^group_by: '' is not known/],
    [{ group_by: 'team' }, /^group_by: 'team' is not known/],
    [{ group_by: ['model', 'day'] }, /^group_by: /],
    [{ format: 'xml' }, /^format: /],
    [{ team_id: 'team_1' }, /^team_id: /],
    [{ limit: '0' }, /^limit: /],
    [{ model: 'a,,b' }, /^model: '' is not valid/],
    [{ compare: 'last' }, /^compare: must be previous/],
  ])('refuses %j by name', (query, message) => {
    expect(refusal(usageQuerySchema, query)).toMatch(message);
  });

  it('lets administrators group and filter by team', () => {
    expect(adminUsageQuerySchema.parse({ group_by: 'team', team_id: 'team_1' })).toMatchObject({
      group_by: ['team'],
      team_id: 'team_1',
    });
  });
});

describe('listRequestsQuerySchema', () => {
  it('limits a page to 100 rows by default', () => {
    expect(listRequestsQuerySchema.parse({})).toEqual({ format: 'json', limit: 100, sort: '-created_at' });
    expect(listRequestsQuerySchema.parse({ limit: '1000' })).toMatchObject({ limit: 1000 });
  });

  it.each([{ limit: '0' }, { limit: '1001' }, { limit: '1.5' }, { limit: 'all' }, { model: 'a\0' }, { colour: 'red' }])(
    'refuses %j by name',
    (query) => expect(listRequestsQuerySchema.safeParse(query).success).toBe(false),
  );
});
