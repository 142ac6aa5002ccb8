/** The help of all commands and options. */
export const helpEn = {
  /** The headings and words that the argument parser writes. */
  titles: {
    'Usage:': 'Usage:',
    'Arguments:': 'Arguments:',
    'Options:': 'Options:',
    'Global Options:': 'Options of all commands:',
    'Commands:': 'Commands:',
  } as Readonly<Record<string, string>>,
  options: '[options]',
  command: '[command]',

  program: 'Batches, usage and savings of a Thriftgate gateway, in the terminal and in scripts.',
  batch: 'Batches: many calls at once, at about half the price.',
  submit: 'Check a file, show what it would cost, and run it as a batch.',
  quote: 'Show what a file would cost as a batch. Spends nothing.',
  status: 'Show a batch.',
  results: 'Get the results of a batch, to a file or to standard output.',
  retry: 'Run the lines of an ended batch again that have no response.',
  cancel: 'Cancel a batch. Lines that run now end and are charged.',
  list: 'List the batches of the team, newest first.',
  usage: 'Show calls, tokens and cost of the team.',
  savings: 'Show what the gateway saved: for the team, and with an administrator’s key for all teams.',
  models: 'List the models that the key may use, with prices.',
  key: 'Show what the key is, may and has left.',

  file: 'a JSONL or CSV file; - is standard input',
  batchId: 'the id of a batch, batch_…',

  baseUrl: 'the gateway’s address (THRIFTGATE_BASE_URL, OPENAI_BASE_URL; http://127.0.0.1:3000)',
  apiKey: 'the key of a team (THRIFTGATE_API_KEY, OPENAI_API_KEY; in a variable it is not in the process list)',
  json: 'print one JSON document and nothing else on standard output',
  lang: 'en or ko; by default that of LC_ALL, LC_MESSAGES or LANG',
  help: 'show this help',
  helpCommand: 'show the help of a command',
  version: 'show the version',

  model: 'the model of lines that name none',
  endpoint: 'the API of lines that name none (/v1/chat/completions)',
  window: 'how long the batch may run, 1h to 24h; from 3h on vendors’ batch prices apply (24h)',
  escalate: 'run what a vendor has not done near the end of the window as live calls',
  metadata: 'a pair that is kept with the batch; can be repeated',
  maxTokens: 'the limit of output tokens of lines without one',
  format: 'jsonl or csv, where the file’s name does not end with .csv',
  template: 'the prompt of a CSV row, with {{column}} for its fields',
  system: 'the system prompt of a CSV row or of a line that is only a prompt, with {{column}}',
  idColumn: 'the column with the custom_id of each row; else line-000001 and so on',
  wait: 'wait until the batch has ended',
  output: 'write the results to this file; .csv adds the answers to the rows of the input',
  errors: 'write the lines without a response to this file',
  quoteOnly: 'show the quote and stop',
  yes: 'do not ask before starting',
  csv: 'the CSV file that the batch was made of: its rows are written with the answers',
  column: 'the column for the answers; errors are in the one with _error behind it (answer)',
  limit: 'how many',
  after: 'those that are older than this batch',
  groupBy: 'model, key, hour, day, week, month, tag, provider, cache_status; several with commas',
  savingsGroupBy: 'model, day, team (administrators); several with commas',
  from: 'not earlier than this day or time (30 days before the end)',
  to: 'until this day or time (now)',
  timezone: 'by whose clock days begin, such as Asia/Seoul (UTC)',

  examples: `
Examples:
  thriftgate batch submit questions.jsonl --model gpt-6.1-terra --wait -o results.jsonl
  thriftgate batch submit reviews.csv --model gpt-6-luna --template 'Translate to Korean: {{text}}' --wait -o reviews-ko.csv
  thriftgate usage --group-by model,day --from 2026-11-01 --json

Exit codes:
  0 done   1 lines failed, or the batch did   2 wrong usage or input   3 gateway or network   130 interrupted
`,
};

export type Help = typeof helpEn;
