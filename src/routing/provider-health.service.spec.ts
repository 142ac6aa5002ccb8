import type { ProviderError } from '@thriftgate/providers';
import type { NewAlert } from '../alerts/alert';
import type { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import type { Deployment } from '../models/model';
import { OWN_CREDENTIAL as OWN } from '../providers/provider';
import { aCredential } from '../providers/testing/a-provider';
import { ProviderHealth } from './provider-health.service';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOON_MS = Date.UTC(2026, 10, 23, 12);

const deployment = (upstreamModel: string, provider = 'openai') =>
  ({ id: `${provider}/${upstreamModel}`, publicName: 'fast', provider, upstreamModel }) as Deployment;
const A = deployment('a');
const B = deployment('b');

const error = (members: Partial<ProviderError> = {}) =>
  ({
    status: 502,
    type: 'upstream_error',
    code: 'upstream_error',
    param: null,
    message: 'The upstream failed (HTTP 503).',
    retryable: true,
    elsewhere: true,
    retryAfterMs: undefined,
    ...members,
  }) as ProviderError;
const REFUSED = error({ code: 'upstream_auth', retryable: false, message: 'Refused (HTTP 401).' });

describe('the health of providers', () => {
  let nowMs: number;
  let alerts: NewAlert[];
  let health: ProviderHealth;

  const start = () => {
    const raise = (alert: NewAlert) => {
      if (!alerts.some(({ dedupeKey }) => dedupeKey === alert.dedupeKey)) alerts.push(alert);
    };
    const clock: Clock = { now: () => nowMs };
    return new ProviderHealth({ raise } as AlertsService, clock);
  };
  beforeEach(() => {
    nowMs = NOON_MS;
    alerts = [];
    health = start();
  });

  const fail = (times: number, of = A, failure = error(), key = OWN) => {
    for (let time = 0; time < times; time += 1) health.failed(of, failure, key);
  };
  const succeed = (times: number, of = A) => {
    for (let time = 0; time < times; time += 1) health.succeeded(of, OWN);
  };
  const kinds = () => alerts.map(({ kind }) => kind);

  describe('a refused credential', () => {
    it('of several is an alert of its own, and a team’s goes to that team', () => {
      fail(3, A, REFUSED, aCredential('key_1'));
      fail(3, A, REFUSED, aCredential('key_2', 'team_1'));
      expect(alerts.map(({ teamId, data }) => [teamId, (data as { key: string }).key])).toEqual([
        [null, 'key_1 …a1b2'],
        ['team_1', 'key_2 …a1b2'],
      ]);
      expect(new Set(alerts.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
    });

    it('N10: is an alert at the first refusal, and one only', () => {
      fail(30, A, REFUSED);
      fail(1, B, REFUSED);
      expect(alerts).toEqual([
        {
          kind: 'provider_auth_failed',
          severity: 'critical',
          dedupeKey: expect.stringMatching(/^provider_auth_failed:openai:2026-11-23:/),
          teamId: null,
          data: {
            provider: 'openai',
            deployment: 'openai/a',
            key: null,
            code: 'upstream_auth',
            message: 'Refused (HTTP 401).',
          },
        },
      ]);
      fail(1, deployment('a', 'backup'), REFUSED);
      expect(alerts).toHaveLength(2);
    });

    it('N10: is also an account without credit', () => {
      fail(1, A, error({ code: 'upstream_billing', retryable: false }));
      expect(alerts).toMatchObject([{ kind: 'provider_auth_failed', data: { code: 'upstream_billing' } }]);
    });

    it('N10: is an alert again each day, and after it has worked again', () => {
      fail(1, A, REFUSED);
      nowMs += 23 * HOUR_MS;
      fail(1, A, REFUSED);
      expect(alerts).toHaveLength(1);
      nowMs += HOUR_MS;
      fail(1, A, REFUSED);
      expect(alerts).toHaveLength(2);
      nowMs += HOUR_MS;
      succeed(1, B);
      nowMs += MINUTE_MS;
      fail(1, A, REFUSED);
      expect(alerts).toHaveLength(3);
    });

    it('N10: is one alert where only some attempts are refused', () => {
      for (let minute = 0; minute < 120; minute += 1) {
        fail(1, A, REFUSED);
        succeed(3, B);
        nowMs += MINUTE_MS;
      }
      expect(alerts).toHaveLength(1);
    });

    it('N10: is one alert over a restart that mends nothing', () => {
      fail(1, A, REFUSED);
      health = start();
      nowMs += HOUR_MS;
      fail(1, A, REFUSED);
      expect(alerts).toHaveLength(1);
    });
  });

  describe('a provider that fails again and again', () => {
    it('N10: is an alert where at least ten attempts, and half of all, failed within five minutes', () => {
      succeed(10);
      fail(9);
      expect(alerts).toEqual([]);
      fail(1);
      expect(alerts).toEqual([
        {
          kind: 'provider_failing',
          severity: 'warning',
          dedupeKey: `provider_failing:openai:${NOON_MS / HOUR_MS}`,
          teamId: null,
          data: {
            provider: 'openai',
            deployment: null,
            failed: 10,
            attempts: 20,
            minutes: 5,
            code: 'upstream_error',
            message: 'The upstream failed (HTTP 503).',
          },
        },
      ]);
    });

    it('N10: is no alert where most attempts succeed, or where failures lie apart', () => {
      succeed(100);
      fail(90);
      expect(alerts).toEqual([]);
      nowMs += 10 * MINUTE_MS;
      for (let minute = 0; minute < 60; minute += 1) {
        fail(1);
        nowMs += MINUTE_MS;
      }
      expect(alerts).toEqual([]);
    });

    it('N10: names the deployment where the others work', () => {
      succeed(100, B);
      fail(12);
      expect(alerts).toMatchObject([
        { kind: 'provider_failing', data: { deployment: 'openai/a', failed: 10, attempts: 10 } },
      ]);
    });

    it('N10: is one alert for the provider where all its deployments fail', () => {
      for (let time = 0; time < 100; time += 1) for (const one of [A, B]) fail(1, one);
      expect(alerts).toMatchObject([{ data: { deployment: null } }]);
    });

    it('N10: is an alert again an hour later', () => {
      for (let minute = 0; minute < 59; minute += 1) {
        fail(10);
        nowMs += MINUTE_MS;
      }
      expect(alerts).toHaveLength(1);
      nowMs += MINUTE_MS;
      fail(10);
      expect(alerts).toHaveLength(2);
    });

    it('N10: is none for errors of callers', () => {
      fail(100, A, error({ status: 400, code: 'invalid', retryable: false, elsewhere: false }));
      expect(alerts).toEqual([]);
    });
  });

  describe('a removed model', () => {
    it.each([
      { status: 404, code: null },
      { status: 400, code: 'model_decommissioned' },
    ])('R11: is an alert, one a day and deployment: %j', (members) => {
      const gone = error({ ...members, retryable: false, message: 'It was\0deprecated.' });
      fail(30, A, gone);
      fail(1, B, gone);
      expect(alerts).toEqual(
        [A, B].map(({ id }) => ({
          kind: 'model_unavailable',
          severity: 'warning',
          dedupeKey: `model_unavailable:${id}:2026-11-23`,
          teamId: null,
          data: {
            model: 'fast',
            provider: 'openai',
            deployment: id,
            code: members.code,
            message: 'It was deprecated.',
          },
        })),
      );
      nowMs += 24 * HOUR_MS;
      fail(1, A, gone);
      expect(kinds()).toEqual(Array.from({ length: 3 }, () => 'model_unavailable'));
    });
  });
});
