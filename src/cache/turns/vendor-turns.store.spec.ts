import { RedisConnection } from '../../redis/redis.connection';
import { VendorTurns } from './vendor-turns.store';

const OWNER = { teamId: 'team_1', provider: 'anthropic', credential: 'sk-ant-1' };
const turn = { format: 'anthropic-claude-v1', content: [{ type: 'thinking', signature: 'Zm9v' }] };

describe('the turns of vendors', () => {
  const turns = new VendorTurns(RedisConnection.open({ redisUrl: undefined, redisTimeoutMs: 100 }));

  it('are found by all their tool calls, asked by the first one', async () => {
    await turns.store(OWNER, { toolCallIds: ['call_1', 'call_2'], turn });
    const found = await turns.find(OWNER, ['call_0', 'call_1']);
    expect([...(found ?? [])]).toEqual([
      ['call_1', turn],
      ['call_2', turn],
    ]);
    expect(await turns.find(OWNER, ['call_2'])).toBeUndefined();
  });

  it.each([{ teamId: 'team_2' }, { provider: 'other' }, { credential: 'sk-ant-2' }, { credential: undefined }])(
    'are not found by %j',
    async (other) => {
      await turns.store(OWNER, { toolCallIds: ['call_1'], turn });
      expect(await turns.find({ ...OWNER, ...other }, ['call_1'])).toBeUndefined();
    },
  );

  it('do not share memory with what was stored', async () => {
    const own = structuredClone(turn);
    await turns.store(OWNER, { toolCallIds: ['call_3'], turn: own });
    own.content = [];
    expect((await turns.find(OWNER, ['call_3']))?.get('call_3')).toEqual(turn);
  });

  it('are not stored without a tool call, or above 1 MB', async () => {
    await turns.store(OWNER, { toolCallIds: [], turn });
    await turns.store(OWNER, { toolCallIds: ['call_4'], turn: { format: 'x', content: 'a'.repeat(1024 * 1024) } });
    expect(await turns.find(OWNER, ['call_4'])).toBeUndefined();
  });
});
