import { ThriftgateError } from '../../thriftgate-error';
import { InputFaults, type LineFault } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';

const REFUSED = /^The batch was refused; no line was started\. /;
const MORE = /(?: (\d+) more lines are invalid\.)$/;
const SENTENCE = /Line (\d+): ([^]*?)\.(?= Line \d+: |$)/g;

/**
 * The wrong lines that a 400 of the gateway names, by the numbers of the user's own file.
 *
 * @param origins the user's line for each line that was sent
 * @returns the error itself if it names no lines
 */
export function lineFaultsOf(error: unknown, origins: readonly number[], messages: Messages['input']): unknown {
  if (!(error instanceof ThriftgateError) || error.status !== 400 || !REFUSED.test(error.message)) return error;
  const [, more = '0'] = MORE.exec(error.message) ?? [];
  const sentences = error.message.replace(REFUSED, '').replace(MORE, '');
  const faults: LineFault[] = [...sentences.matchAll(SENTENCE)].map(([, number = '', text = '']) => ({
    line: origins[Number(number) - 1] ?? Number(number),
    message: messages.gatewayFault(text),
  }));
  if (faults.length === 0) return error;
  return new InputFaults(messages.nothingStarted, faults, faults.length + Number(more));
}
