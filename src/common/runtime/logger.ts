import type { LoggerService } from '@nestjs/common';
import pino, { type Logger as PinoLogger } from 'pino';
import type { LogDestination } from './log-destination';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Members that are redacted in every log line. */
const SECRET_PATHS = [
  'authorization',
  'apiKey',
  'api_key',
  'key',
  'headers.authorization',
  'headers["x-api-key"]',
  'headers["api-key"]',
];

/** Creates a logger that writes one JSON line for each event, with the time in RFC 3339. */
export function createLogger(level: LogLevel, destination: LogDestination): PinoLogger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    destination,
  );
}

/** Contexts in which Nest logs each module and route at start; useful only for debugging the modules. */
const START_CONTEXTS = new Set([
  'InstanceLoader',
  'NestFactory',
  'NestApplication',
  'RoutesResolver',
  'RouterExplorer',
]);

/** Logs of Nest and its packages through pino: `logger.warn({ fields }, 'message')` and `logger.warn('message')` both work. */
export class NestLogger implements LoggerService {
  constructor(private readonly pinoLogger: PinoLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(START_CONTEXTS.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the message, then further arguments, then the name of the context. */
  private write(level: Exclude<LogLevel, 'silent'>, message: unknown, rest: unknown[]): void {
    const texts = rest.filter((part): part is string => typeof part === 'string');
    const context = texts.at(-1);
    if (message instanceof Error) this.pinoLogger[level]({ context, err: message }, message.message);
    else if (typeof message === 'object' && message !== null)
      this.pinoLogger[level]({ context, ...message }, texts[0] ?? '');
    else if (texts.length > 1) this.pinoLogger[level]({ context, stack: texts[0] }, String(message));
    else this.pinoLogger[level]({ context }, String(message));
  }
}
