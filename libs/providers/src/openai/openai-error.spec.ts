import type { ProviderError } from '../translator';
import { openAiChat } from './openai';

function read(status: number, body: unknown, headers = {}): ProviderError {
  const receivedAt = Date.UTC(2026, 9, 21, 7, 27, 30);
  return openAiChat.toError({
    status,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAt,
  });
}

describe('error', () => {
  it.each([
    [0, 502, 'upstream_error', true],
    [302, 502, 'upstream_error', false],
    [400, 400, 'invalid_request_error', false],
    [401, 502, 'upstream_error', false],
    [402, 502, 'upstream_error', false],
    [403, 502, 'upstream_error', false],
    [404, 404, 'invalid_request_error', false],
    [408, 504, 'upstream_timeout', true],
    [409, 409, 'invalid_request_error', true],
    [413, 413, 'invalid_request_error', false],
    [418, 502, 'upstream_error', false],
    [422, 422, 'invalid_request_error', false],
    [429, 429, 'rate_limit_exceeded', true],
    [500, 502, 'upstream_error', true],
    [529, 502, 'upstream_error', true],
  ])('maps status %d to %d %s, retryable %s', (given, status, type, retryable) => {
    expect(read(given, '')).toMatchObject({ status, type, retryable });
  });

  it.each([
    [{ type: 'invalid_request_error' }, 400, false],
    [{ type: 'tokens', code: 'rate_limit_exceeded' }, 429, true],
    [{ code: 'invalid_api_key' }, 502, false],
    [{ code: 503 }, 502, true],
    [{ type: 'server_error' }, 502, true],
    [{ message: 'slow', status: 429 }, 429, true],
    [{ message: 'gone', code: 'model_not_found' }, 404, false],
    [{ message: 'bad', code: '400' }, 400, false],
    [{ message: 'bad', status_code: 400 }, 400, false],
    [{ message: 'bad', type: 'BadRequestError' }, 400, false],
    [{ message: 'bad', status: 'INVALID_ARGUMENT' }, 400, false],
    [{ message: 'bad', type: 'error', code: 'invalid_prompt' }, 400, false],
    [{ message: 'bad', code: 'image_file_not_found' }, 400, false],
    [{ message: 'gone', type: 'NotFoundError' }, 404, false],
    [{ message: 'too long', code: 'context_length_exceeded' }, 400, false],
    [{ message: 'no', type: 'permission_denied' }, 502, false],
    [{ message: 'busy', type: 'overloaded_error' }, 502, true],
    [{ message: 'nothing more' }, 502, false],
  ])('maps %j inside a stream to status %d', (error, status, retryable) => {
    expect(read(200, { error })).toMatchObject({ status, retryable });
  });

  it.each([
    [{ error: 'plain text' }, 'plain text'],
    [[{ error: { message: 'in a list' } }], 'in a list'],
    [{ detail: 'FastAPI' }, 'FastAPI'],
    [{ detail: [{ loc: ['body', 'foo'], msg: 'REASON' }, { msg: 'more' }, 1] }, 'body.foo: REASON; more'],
    ['REASON in plain text', 'REASON in plain text'],
    ['"REASON"', 'REASON'],
    [{ message: 'bare' }, 'bare'],
    [{ errors: [{ message: 'one', code: 7009 }, { message: 'two' }] }, 'one'],
    [{ errors: { model: ['unknown', 'retired'], n: 'too large' } }, 'model: unknown, retired; n: too large'],
    [{ detail: { msg: 'REASON' } }, 'REASON'],
    [{ error: 'invalid_scope', error_description: 'REASON' }, 'REASON'],
    [{ code: 1113, msg: 'REASON' }, 'REASON'],
    [{ type: 'about:blank', title: 'REASON', status: 400 }, 'REASON'],
    [{ type: 'about:blank', title: 'Bad', detail: 'REASON' }, 'REASON'],
    [{ errors: [] }, 'The upstream refused the request (HTTP 400).'],
    [{ statusCode: 400, message: ['REASON', 'more'], error: 'Bad Request' }, 'REASON; more'],
    [{ detail: { error: { message: 'REASON' } } }, 'REASON'],
    [{ fault: { faultstring: 'REASON', detail: { errorcode: 'steps.oauth' } } }, 'REASON'],
    [{ requestId: 'r1', status: 'error', reason: 'REASON' }, 'REASON'],
    [{ error: { code: 'bad', errorMessage: 'REASON' } }, 'REASON'],
    [{ code: 7, timestamp: '2026-11-29T00:00:00Z', path: '/v1' }, 'The upstream refused the request (HTTP 400).'],
    ['<html>secret</html>', 'The upstream refused the request (HTTP 400).'],
    [{ error: { message: 'x'.repeat(5_000) } }, 'x'.repeat(2_000)],
  ])('R10: reads the message from %j', (body, message) => expect(read(400, body).message).toBe(message));

  it.each([
    [404, { error: { code: 'model_not_found', message: 'The model was deprecated' } }],
    [404, ''],
    [400, { error: { code: 'model_decommissioned' } }],
    [400, { error: { code: 'DeploymentNotFound' } }],
    [400, { error: { message: 'Model Not Exist' } }],
    [400, { object: 'error', message: 'Invalid model: x', type: 'invalid_model' }],
    [400, { error: { message: 'The model `x` has been decommissioned and is no longer supported.' } }],
    [400, { error: { code: 'unsupported_model', message: 'Model gpt-4.1 is not supported' } }],
    [400, { error: { message: 'The model gpt-4.1 has been retired.' } }],
    [400, { error: { message: 'gpt-4.1 was sunset in May', code: 'model_sunset' } }],
    [400, { error: { message: 'Unknown model: gpt-4.1' } }],
    [422, { detail: [{ loc: ['body', 'model'], msg: 'Model gpt-4.1 is not available' }] }],
    [401, ''],
    [402, ''],
    [403, ''],
    [429, { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }],
    [429, { error: { message: 'Insufficient balance or no resource package. Please recharge.' } }],
    [400, { error: { message: 'Your credit balance is too low to access the API.' } }],
    [400, { error: { code: 'Arrearage', message: 'Access denied.' } }],
    [200, { error: { code: 'model_not_found', message: 'gone' } }],
  ])('R11: another deployment may succeed after %i %j, this one does not', (status, body) => {
    expect(read(status, body)).toMatchObject({ retryable: false, elsewhere: true });
  });

  it.each([
    [400, { error: { code: 'context_length_exceeded', message: "This model's maximum context length is 8192." } }],
    [400, { error: { message: "Unsupported parameter: 'stop' is not supported with this model." } }],
    [400, { error: { message: 'Model gpt-4.1 is not supported with the Responses API.' } }],
    [422, ''],
    [413, ''],
  ])('no deployment succeeds after %i %j', (status, body) => {
    expect(read(status, body)).toMatchObject({ retryable: false, elsewhere: false });
  });

  it.each([
    [402, ''],
    [429, { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }],
    [400, { error: { message: 'Your credit balance is too low to access the API.' } }],
    [200, { error: { message: 'You exceeded your current quota.', code: 'insufficient_quota' } }],
  ])('C7: %i %j is an account without credit, which no repeat mends', (status, body) => {
    expect(read(status, body)).toMatchObject({ status: 502, code: 'upstream_billing', retryable: false });
  });

  it('redacts keys', () => {
    const keys = [
      'sk-proj-abc_DEF-1234',
      'sk-****************wxyz',
      'gsk_abcdefgh12',
      'AIzaSyA1234567890123456789',
      'xai-abcdef123',
    ];
    for (const status of [400, 401, 403, 429, 500]) {
      const { message } = read(status, { error: { message: `Keys ${keys.join(' ')} and Bearer abc.def.` } });
      for (const key of [...keys, 'abc.def']) expect(message).not.toContain(key);
    }
  });

  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': ['3', '4'] }, 3_000],
    [{ 'retry-after': '9', 'retry-after-ms': '15' }, 15],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT' }, 0],
    [{ 'retry-after': 'Wednesday, 21-Oct-26 07:28:00 GMT' }, 30_000],
    [{ 'retry-after': 'Wed Oct 21 07:28:00 2026' }, 30_000],
    [{ 'retry-after': '99999999999' }, 604_800_000],
    [{ 'retry-after': 'Wed, 21 Oct 2926 07:28:00 GMT' }, 604_800_000],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{}, undefined],
  ])('R08: reads the waiting time from %j', (headers, ms) => expect(read(429, '', headers).retryAfterMs).toBe(ms));
});
