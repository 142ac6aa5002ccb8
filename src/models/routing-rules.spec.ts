import { gatewayFileSchema } from '../config/gateway-file';
import { DEFAULT_ROUTING } from './model';
import { routingAfter, routingRules, routingToWire } from './routing-rules';

const deployments = [{ provider: 'openai', model: 'gpt-4.1' }];
const rulesOf = (members: object) => {
  const { models } = gatewayFileSchema.parse({ models: { m: { deployments, ...members } } });
  return models.m && routingRules(models.m);
};
const problemsOf = (members: object) =>
  gatewayFileSchema
    .safeParse({ models: { m: { deployments, ...members } } })
    .error?.issues.map(({ path }) => path.join('.'));

describe('the routing of a model in gateway.yaml', () => {
  it('has defaults', () => {
    expect(rulesOf({})).toEqual(DEFAULT_ROUTING);
  });

  it('has a strategy, affinity and time-outs', () => {
    const timeouts = { connect_ms: 1, first_byte_ms: 2, idle_ms: 3, total_ms: 4 };
    expect(rulesOf({ routing: 'least-busy', prefix_affinity: false, timeouts })).toEqual({
      strategy: 'least-busy',
      affinity: false,
      fallbacks: {},
      timeouts: { connectTimeoutMs: 1, firstByteTimeoutMs: 2, idleTimeoutMs: 3, totalTimeoutMs: 4 },
    });
  });

  it('has fallbacks for every reason, or by reason', () => {
    const all = ['a', 'b'];
    expect(rulesOf({ fallbacks: all })?.fallbacks).toEqual({
      context_too_long: all,
      content_filter: all,
      rate_limit: all,
      error: all,
    });
    expect(rulesOf({ fallbacks: { error: ['a'] } })?.fallbacks).toEqual({ error: ['a'] });
  });

  it.each([
    [{ routing: 'fastest' }, 'models.m.routing'],
    [{ fallbacks: [] }, 'models.m.fallbacks'],
    [{ fallbacks: { any: ['a'] } }, 'models.m.fallbacks'],
    [{ timeouts: { total_ms: 0 } }, 'models.m.timeouts.total_ms'],
    [{ timeouts: { read_ms: 5 } }, 'models.m.timeouts'],
  ])('names what is wrong: %j', (members, path) => {
    expect(problemsOf(members)).toEqual([path]);
  });
});

describe('the routing that administrators set', () => {
  it('changes each member for itself; null removes one', () => {
    const before = { routing: 'latency', fallbacks: ['b'] } as const;
    expect(routingAfter(null, {})).toBeNull();
    expect(routingAfter(null, { routing: null })).toBeNull();
    expect(routingAfter({ ...before, fallbacks: ['b'] }, {})).toEqual(before);
    expect(routingAfter({ ...before, fallbacks: ['b'] }, { routing: null, timeouts: { idle_ms: 5 } })).toEqual({
      fallbacks: ['b'],
      timeouts: { idle_ms: 5 },
    });
  });

  it('is shown as it is written', () => {
    const written = {
      routing: 'cheapest',
      prefix_affinity: false,
      fallbacks: { error: ['b'] },
      timeouts: { total_ms: 5 },
    };
    const rules = rulesOf(written);
    expect(rules && routingToWire(rules)).toEqual(written);
    expect(routingToWire(DEFAULT_ROUTING)).toEqual({
      routing: 'weighted',
      prefix_affinity: true,
      fallbacks: {},
      timeouts: {},
    });
  });
});
