import { type Endpoint, type JsonBody, openAi, type Provider } from '@thriftgate/providers';
import { FakeSignal } from './fake-signal';
import type { TokenEstimator } from '../../pricing/token-estimator.service';
import { aProvider } from '../../providers/testing/a-provider';
import { LinePace } from '../../routing/lines/line-pace.service';
import type { WantedAttempt } from '../../routing/route-request';
import type { AdmissionService } from '../attempts/admission.service';
import { AttemptsService } from '../attempts/attempts.service';
import { CallTurns } from '../attempts/call-turns.service';
import type { CacheWriter } from '../attempts/cache-writer.service';
import { ReadOnService } from '../attempts/read-on.service';
import type { ResolvedCall } from '../attempts/resolved-call';
import { aCall, aDeployment, aResolvedCall } from './builders';
import { FakeTransport } from './fake-transport';
import { AttemptBench } from './started-attempt';

export const JSON_CALL = { stream: false };
export const STREAM_CALL = { stream: true };

/** The service of attempts over a transport that the test scripts, with all that it touches. */
export function attemptsBench(
  body: { stream: boolean } = JSON_CALL,
  { api = openAi, endpoint }: Partial<Setting> = {},
) {
  const bench = new AttemptBench();
  const transport = new FakeTransport();
  const client = new FakeSignal();
  const call = aCall(body, { signal: client });
  const resolved = aResolvedCall(endpoint ? { ...call, endpoint } : call);
  const admitted: JsonBody[] = [];
  let refusal: Error | undefined;
  const provider = aProvider({ api, transport });
  const admission = {
    admit: async (of: ResolvedCall, { deployment, number }: WantedAttempt, requestBody: JsonBody) => {
      if (refusal) throw refusal;
      admitted.push(requestBody);
      return bench.started({ resolved: of, deployment, number });
    },
  };
  const { estimator, cacheWriter } = bench.services;
  const attempts = new AttemptsService(
    admission as Pick<AdmissionService, 'admit'> as AdmissionService,
    new ReadOnService(),
    new CallTurns(bench.turns),
    bench.ledger.asService(),
    estimator as TokenEstimator,
    cacheWriter as CacheWriter,
    bench.clock,
    new LinePace(bench.clock),
  );
  let released = 0;
  const run = (deployment = aDeployment()) =>
    attempts.run(resolved, { deployment, provider, number: 1 }, () => (released += 1));
  return {
    bench,
    resolved,
    transport,
    client,
    attempts,
    admitted,
    run,
    released: () => released,
    refuse: (error: Error) => (refusal = error),
    /** What holds of every attempt that has ended. */
    expectOver: () => {
      expect(bench.hold.ends).toEqual([bench.ledger.outcome.costPusd]);
      expect(released).toBe(1);
    },
  };
}

interface Setting {
  api: Provider;
  endpoint: Endpoint;
}
