import { Logger } from '@nestjs/common';
import { FakeClock } from '../../calls/testing/fake-clock';
import type { CallsService } from '../../calls/calls.service';
import type { GatewayConfig } from '../../config/gateway-config';
import type { LineCalls } from '../lines/line-calls.service';
import type { ClaimedLine } from '../lines/line-result';
import type { RefusedCalls } from '../../refused-calls/refused-calls.service';
import type { LineStarts } from '../ways/line-starts.service';
import { LineRunner } from './line-runner.service';

const NOW_MS = 1_000_000;

describe('LineRunner, without a key in memory', () => {
  it('B5: runs a line later where its key cannot be looked up', async () => {
    Logger.overrideLogger(false);
    const lineCalls: Pick<LineCalls, 'callerOf'> = {
      callerOf: () => Promise.reject(new Error('the database is away')),
    };
    const runner = new LineRunner(
      {} as CallsService,
      lineCalls as LineCalls,
      new FakeClock(NOW_MS),
      {} as RefusedCalls,
      {} as LineStarts,
      { batch: { concurrency: 1 } } as GatewayConfig,
    );
    const line = { batchId: 'batch_1', lineNo: 1, starts: 1 } as ClaimedLine;
    expect(await runner.run(line, new AbortController().signal, () => undefined)).toEqual({
      notBefore: new Date(NOW_MS + 5_000),
      forBatch: true,
    });
  });
});
