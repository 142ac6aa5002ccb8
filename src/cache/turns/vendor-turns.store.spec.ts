import { RedisConnection } from '../../redis/redis.connection';
import { VendorTurns } from './vendor-turns.store';

const OWNER = { teamId: 'team_1', provider: 'anthropic', credential: 'sk-ant-1' };
const turn = { format: 'anthropic-claude-v1', content: [{ type: 'thinking', signature: 'Zm9v' }] };

describe('the turns of vendors', () => {
  const turns = new VendorTurns(RedisConnection.open({ redisUrl: undefined, redisTimeoutMs: 100 }));

  it('are found by all their tool calls, asked by the first one', async () => {
    await turns.store(OWNER, { toolCallIds: ['call_4fG7hJ2kL1', 'call_4fG7hJ2kL2'], turn });
    const found = await turns.find(OWNER, ['call_4fG7hJ2kL0', 'call_4fG7hJ2kL1']);
    expect([...(found ?? [])]).toEqual([
      ['call_4fG7hJ2kL1', turn],
      ['call_4fG7hJ2kL2', turn],
    ]);
    expect(await turns.find(OWNER, ['call_4fG7hJ2kL2'])).toBeUndefined();
  });

  it.each([{ teamId: 'team_2' }, { provider: 'other' }, { credential: 'sk-ant-2' }, { credential: undefined }])(
    'are not found by %j',
    async (other) => {
      await turns.store(OWNER, { toolCallIds: ['call_4fG7hJ2kL1'], turn });
      expect(await turns.find({ ...OWNER, ...other }, ['call_4fG7hJ2kL1'])).toBeUndefined();
    },
  );

  it.each(['search:0', 'functions.get_weather:0', 'call_0', '0'])(
    'are not stored under %s, which is in each conversation',
    async (id) => {
      await turns.store(OWNER, { toolCallIds: [id], turn });
      expect(await turns.find(OWNER, [id])).toBeUndefined();
    },
  );

  it.each(['toolu_01A09q90qw90lq917835lq9', 'D681PevKs', 'call_a1b2c3d4e5f6'])('are stored under %s', async (id) => {
    await turns.store(OWNER, { toolCallIds: [id], turn });
    expect((await turns.find(OWNER, [id]))?.get(id)).toEqual(turn);
  });

  it('do not share memory with what was stored', async () => {
    const own = structuredClone(turn);
    await turns.store(OWNER, { toolCallIds: ['call_4fG7hJ2kL3'], turn: own });
    own.content = [];
    expect((await turns.find(OWNER, ['call_4fG7hJ2kL3']))?.get('call_4fG7hJ2kL3')).toEqual(turn);
  });

  it('A18: of one team push out none of another', async () => {
    const kept = { toolCallIds: ['call_4fG7hJ2kL5'], turn };
    await turns.store(OWNER, kept);
    const large = { format: 'x', content: 'a'.repeat(1_000_000) };
    for (let index = 10; index < 60; index += 1)
      await turns.store({ ...OWNER, teamId: 'team_2' }, { toolCallIds: [`call_4fG7hJ2k${index}`], turn: large });
    expect(await turns.find(OWNER, kept.toolCallIds)).toBeDefined();
  });

  it('are not stored without a tool call, or above 1 MB', async () => {
    await turns.store(OWNER, { toolCallIds: [], turn });
    await turns.store(OWNER, {
      toolCallIds: ['call_4fG7hJ2kL4'],
      turn: { format: 'x', content: 'a'.repeat(1024 * 1024) },
    });
    expect(await turns.find(OWNER, ['call_4fG7hJ2kL4'])).toBeUndefined();
  });
});
