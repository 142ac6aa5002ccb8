import { GatewayError } from '../common/errors';
import type { ProviderInForce } from '../providers/providers-in-force';

const MAX_SHOWN = 100;

export function noSuchProvider(name: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no provider "${name.slice(0, MAX_SHOWN)}".` });
}

export function noSuchKey(provider: string, id: string, param: string | null = null): GatewayError {
  const message = `The provider "${provider}" has no key with the id '${id.slice(0, MAX_SHOWN)}'.`;
  return new GatewayError('not_found', { message, param });
}

export function invalidMember(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', { message: `'${param}' ${problem}.`, param });
}

/** The operator's own providers are changed where they are set. */
export function setElsewhere({ name, source }: ProviderInForce): GatewayError {
  const where = source === 'environment' ? 'the environment' : source;
  return new GatewayError('conflict', {
    message: `The provider "${name}" is set in ${where}: change it there and restart the gateway, or add another one under another name.`,
  });
}
