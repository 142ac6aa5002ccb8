import { endpointAt } from '@thriftgate/providers';
import type { GatewayError } from '../../common/errors';

/** An error in the shape of a line's API. @param endpoint its path */
export function lineErrorBody(endpoint: string, requestId: string, error: GatewayError): object {
  return endpointAt(endpoint)?.render.errorBody(error.toApiError(), requestId) ?? error.toBody();
}
