import type { ProviderError } from '@thriftgate/providers';
import { failureKind } from './failure-kind';
import { aProviderError } from './testing/a-provider-error';

const error = (members: Partial<ProviderError>) =>
  aProviderError({ status: 400, code: null, message: '', retryable: false, ...members });

describe('what a failed attempt says of its deployment', () => {
  it.each([
    [{ status: 404, code: 'model_not_found' }, 'model_gone'],
    [{ status: 404, message: 'The model `x` does not exist.' }, 'model_gone'],
    [{ status: 404, message: 'Deployment not found' }, 'model_gone'],
    [{ status: 404, message: 'File not found: file_1' }, 'request'],
    [{ status: 410, message: 'Gone' }, 'model_gone'],
    [{ status: 400, code: 'model_decommissioned' }, 'model_gone'],
    // A caller chooses the names of tools.
    [{ status: 400, message: "Tool 'model' not found in provided tools" }, 'request'],
    [{ status: 422, code: 'unsupported_parameter' }, 'request'],
    [{ status: 429, retryable: true }, 'rate_limit'],
    [{ status: 503, retryable: true }, 'failing'],
    [{ status: 401, code: 'upstream_auth' }, 'credential'],
  ] as const)('%j is %s', (members, kind) => {
    expect(failureKind(error(members))).toBe(kind);
  });
});
