import { Command, type CommanderError, type HelpConfiguration, Option } from 'commander';
import { cancel, list, results, type ResultsOptions, retry, status } from './commands/batch-commands';
import { key, models } from './commands/own-commands';
import { type ReportOptions, savings, usage } from './commands/reports';
import { submit, type SubmitOptions } from './commands/submit';
import type { Session } from './gateway/session';
import { ENDPOINTS } from './input/request-line';
import { OptionValues } from './option-values';
import { UsageError } from './terminal/exit-codes';
import type { Help } from './text/help-en';
import type { Messages } from './text/messages-en';

/** Options that every command takes. */
export interface GlobalOptions {
  baseUrl?: string;
  apiKey?: string;
  json?: boolean;
}

/** Runs a command with a session made of its options. */
export type Run = (options: GlobalOptions, command: (session: Session) => Promise<number>) => Promise<void>;

/** `batch results` and `batch retry` as the parser gives them. */
interface ParsedResults extends ResultsOptions {
  csv?: string;
  idColumn?: string;
  column: string;
}

/** The commands with their options and their help. */
export function buildProgram(version: string, help: Help, messages: Messages, run: Run): Command {
  const valueOf = new OptionValues(messages.usage);
  const program = new Command('thriftgate')
    .description(help.program)
    .version(version, '-V, --version', help.version)
    .option('--base-url <url>', help.baseUrl)
    .option('--api-key <key>', help.apiKey)
    .option('--json', help.json)
    .addOption(new Option('--lang <lang>', help.lang).argParser(valueOf.oneOf('--lang', ['en', 'ko'])))
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.helpCommand)
    .configureHelp(helpIn(help))
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    .exitOverride()
    .addHelpText('after', help.examples);
  /** A command whose last two arguments are its options and itself. */
  const runs =
    <Given extends unknown[]>(command: (...given: [...Given, session: Session]) => Promise<number>) =>
    (...parsed: unknown[]) => {
      const [own] = parsed.slice(-1) as [Command];
      const given = parsed.slice(0, -1) as Given;
      return run(own.optsWithGlobals<GlobalOptions>(), (session) => command(...given, session));
    };

  const batch = program.command('batch').description(help.batch);
  const input = (name: string, description: string) =>
    batch
      .command(name)
      .description(description)
      .argument('<file>', help.file)
      .option('--model <model>', help.model)
      .addOption(
        new Option('--endpoint <path>', help.endpoint)
          .default(ENDPOINTS[0])
          .argParser(valueOf.oneOf('--endpoint', ENDPOINTS)),
      )
      .option('--window <hours>', help.window, valueOf.window, '24h')
      .option('--escalate', help.escalate)
      .option('--max-tokens <count>', help.maxTokens, valueOf.count('--max-tokens'))
      .option('--format <format>', help.format, valueOf.oneOf('--format', ['jsonl', 'csv']))
      .option('--template <text>', help.template)
      .option('--system <text>', help.system)
      .option('--id-column <name>', help.idColumn)
      .option('--column <name>', help.column, 'answer');
  const outputs = (command: Command) =>
    command
      .option('--wait', help.wait)
      .option('-o, --output <file>', help.output)
      .option('--errors <file>', help.errors);

  outputs(input('submit', help.submit))
    .option('--metadata <name=value>', help.metadata, valueOf.pair)
    .option('--quote-only', help.quoteOnly)
    .option('-y, --yes', help.yes)
    .action(runs((file: string, options: SubmitOptions, session: Session) => submit({ ...options, file }, session)));
  input('quote', help.quote).action(
    runs((file: string, options: SubmitOptions, session: Session) =>
      submit({ ...options, file, quoteOnly: true }, session),
    ),
  );
  batch
    .command('status')
    .description(help.status)
    .argument('<batch>', help.batchId)
    .option('--wait', help.wait)
    .action(runs(status));
  outputs(batch.command('results').description(help.results).argument('<batch>', help.batchId))
    .option('--csv <file>', help.csv)
    .option('--id-column <name>', help.idColumn)
    .option('--column <name>', help.column, 'answer')
    .action(runs((id: string, options: ParsedResults, session: Session) => results(id, joined(options), session)));
  outputs(batch.command('retry').description(help.retry).argument('<batch>', help.batchId)).action(runs(retry));
  batch
    .command('cancel')
    .description(help.cancel)
    .argument('<batch>', help.batchId)
    .option('--wait', help.wait)
    .action(runs(cancel));
  batch
    .command('list')
    .description(help.list)
    .option('--limit <count>', help.limit, valueOf.count('--limit'))
    .option('--after <batch>', help.after)
    .action(runs(list));

  const report = (name: string, description: string, groups: string) =>
    program
      .command(name)
      .description(description)
      .option('--group-by <groups>', groups, (value: string) => value.split(',').filter(Boolean), ['model'])
      .option('--from <time>', help.from)
      .option('--to <time>', help.to);
  report('usage', help.usage, help.groupBy)
    .option('--timezone <name>', help.timezone)
    .option('--limit <count>', help.limit, valueOf.count('--limit'))
    .action(runs((options: ReportOptions, session: Session) => usage(options, session)));
  report('savings', help.savings, help.savingsGroupBy).action(
    runs((options: ReportOptions, session: Session) => savings(options, session)),
  );
  program
    .command('models')
    .description(help.models)
    .action(runs((_options: object, session: Session) => models(session)));
  program
    .command('key')
    .description(help.key)
    .action(runs((_options: object, session: Session) => key(session)));
  return program;
}

function joined({ csv, idColumn, column, ...options }: ParsedResults): ResultsOptions {
  return csv === undefined ? options : { ...options, join: { file: csv, idColumn, column } };
}

/** The parser's own words in the user's language. */
function helpIn(help: Help): HelpConfiguration {
  const inWords = (usageText: string) =>
    usageText.replaceAll('[options]', help.options).replaceAll('[command]', help.command);
  return {
    showGlobalOptions: true,
    styleTitle: (title) => help.titles[title] ?? title,
    styleUsage: inWords,
    styleSubcommandTerm: inWords,
    // The descriptions say the default in words.
    optionDescription: ({ description }) => description,
  };
}

/** What is wrong with the arguments, in the user's language. */
export function usageErrorOf({ code, message }: CommanderError, messages: Messages['usage']): UsageError {
  // The parser quotes what it speaks of: `error: unknown option '--wiat'`.
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  switch (code) {
    case 'commander.unknownCommand':
      return new UsageError(messages.unknownCommand(quoted));
    case 'commander.unknownOption':
      return new UsageError(messages.unknownOption(quoted));
    case 'commander.missingArgument':
      return new UsageError(messages.missingArgument(quoted));
    case 'commander.optionMissingArgument':
      return new UsageError(messages.missingValue(quoted));
    case 'commander.excessArguments':
      return new UsageError(messages.excessArguments);
    case 'commander.help':
      return new UsageError(messages.noCommand);
    default:
      return new UsageError(message);
  }
}
