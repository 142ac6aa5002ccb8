import { LongText } from '@thriftgate/providers';
import { CALLER } from '../../calls/testing/builders';
import { Clock } from '../../common/clock';
import type { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import type { LineBodies } from './line-bodies.repository';
import { LineCalls } from './line-calls.service';

const NEVER = new AbortController().signal;

describe('calls of lines', () => {
  const lineCalls = new LineCalls({} as LineBodies, {} as ApiKeyDirectory, new Clock());
  const contentOf = async (length: number) => {
    const content = 'x'.repeat(length);
    const ids = { batchId: 'batch_1', teamId: 'team_1', keyId: 'key_1', lineNo: 1, customId: 'a' };
    const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content }] });
    const line = { ...ids, endpoint: '/v1/chat/completions', body };
    const call = await lineCalls.callOf(line, 'req_1', CALLER, NEVER);
    return (call.body.messages as { content: unknown }[])[0]?.content;
  };

  it('A5: parse a body of more than 64 KB in pieces, as that of a single call', async () => {
    expect(await contentOf(65_000)).toBe('x'.repeat(65_000));
    const long = await contentOf(66_000);
    expect(long).toBeInstanceOf(LongText);
    expect(String(long)).toBe('x'.repeat(66_000));
  });
});
