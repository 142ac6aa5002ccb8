import './node-version';
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.setup';
import { AdminKey } from './auth/admin-key.service';
import { LogDestination } from './common/runtime/log-destination';
import { createLogger, NestLogger } from './common/runtime/logger';
import { DataDirectory } from './config/data-directory';
import { DirectoryInUseError } from './config/directory-lock';
import type { GatewayConfig } from './config/gateway-config';
import { ConfigError, loadConfig } from './config/load-config';
import { StartError } from './config/start-error';
import { Readiness } from './health/readiness.service';
import { ProviderRegistry } from './providers/provider-registry.service';
import { startBanner } from './start-banner';

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;
/** For the errors of calls that the drain time was too short for, and for the last lines of the log. */
const LAST_WORDS_MS = 5_000;

async function main(): Promise<void> {
  // Standard output is closed: nothing more can be logged.
  process.stderr.on('error', () => undefined);
  const config = loadConfig();
  const dataDirectory = DataDirectory.open(config.dataDirectory, () => {
    process.stderr.write(
      `Another process has taken ${config.dataDirectory} while this one was suspended. This one ends.\n`,
    );
    process.exit(EXIT_FAILURE);
  });
  await checkAddress(config);
  const destination = new LogDestination();
  const pino = createLogger(config.logLevel, destination);
  // In place of Node's own lines on standard error, which no log collector reads.
  process.removeAllListeners('warning').on('warning', (warning) => {
    pino[warning.name === 'ExperimentalWarning' ? 'debug' : 'warn']({ err: warning }, 'warning of Node');
  });
  const app = await createApp(config, dataDirectory, { logger: new NestLogger(pino), destination });
  // What is in the journal is safe; what goes on after an uncaught exception is not.
  process.on('uncaughtException', (error) => {
    pino.fatal({ err: error }, 'uncaught exception');
    destination.flushSync();
    process.exit(EXIT_FAILURE);
  });
  process.on('unhandledRejection', (error) => pino.error({ err: error }, 'unhandled rejection'));
  stopOnSignals(app, config, {
    close: async () => {
      dataDirectory.close();
      await destination.flush(LAST_WORDS_MS);
      destination.flushSync();
    },
  });
  await listen(app, config);
  const [providers, adminKey] = [app.get(ProviderRegistry), app.get(AdminKey).generated];
  destination.write(startBanner({ url: await app.getUrl(), config, providers, adminKey }));
  void destination.flush(LAST_WORDS_MS);
}

/** Before the database is made. @throws ConfigError, StartError where the gateway cannot listen */
async function checkAddress(config: GatewayConfig): Promise<void> {
  const { port, host } = config.listen;
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw listenError(error, config);
  }
  server.close();
  await once(server, 'close');
}

/** @throws ConfigError, StartError where another process has taken the port since */
async function listen(app: NestFastifyApplication, config: GatewayConfig): Promise<void> {
  try {
    await app.listen(config.listen.port, config.listen.host);
  } catch (error) {
    throw listenError(error, config);
  }
}

function listenError(error: unknown, { listen: { port, host } }: GatewayConfig): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^(ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL)$/.test(code))
    return new ConfigError([`HOST: there is no ${host} here (${message})`]);
  if (/^(EADDRINUSE|EACCES)$/.test(code))
    return new StartError(
      `The gateway cannot listen on PORT ${port} of HOST ${host}: ${message}. Stop the process that uses it, or set another PORT.`,
    );
  return error;
}

/** Readiness fails at once, running calls end within the drain time or are told that they do not, then the process ends. */
function stopOnSignals(app: NestFastifyApplication, config: GatewayConfig, last: { close(): Promise<void> }): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    app.get(Readiness).drain();
    const closed = app.close().then(() => true);
    if (!(await Promise.race([closed, delay(config.drainTimeoutMs, false)]))) {
      app.get(ProviderRegistry).abandon();
      await Promise.race([closed, delay(LAST_WORDS_MS)]);
    }
    await last.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof DirectoryInUseError || error instanceof StartError;
  process.stderr.write(
    `${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE);
});
