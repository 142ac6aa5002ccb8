import type { RawSearch } from './search';

type Parameters = Record<string, string | readonly string[] | undefined>;

/** Where to go. */
export interface Target {
  /** Below `/console`; `$name` is a member of `params`, and `.` is the page that is open. */
  to: string;
  params?: Record<string, string> | undefined;
  search?: Parameters | ((old: RawSearch) => Parameters) | undefined;
  replace?: boolean;
}

/** Goes to a page. The router's types know routes that are written out; those of the console are made from a list. */
export const go = (navigate: (options: never) => Promise<void>, target: Target): Promise<void> =>
  navigate(target as never);
