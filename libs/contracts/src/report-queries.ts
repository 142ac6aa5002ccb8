import { z } from 'zod';
import { plainText } from './common';

/** A filter value: text that the database can store. */
export const filterSchema = plainText(256).min(1).optional();

/** Whether `from` is before `to`, if both are sent; otherwise the issue is {@link NOT_BEFORE}. */
export const fromBeforeTo = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }) =>
  !from || !to || from < to;
export const NOT_BEFORE = { path: ['from'], message: 'must be before to' };

/** A page of a list that used to come whole: as many as before, unless the list is very long. */
export const longPage = {
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  cursor: plainText(128).min(1).optional().meta({ description: 'The next_cursor of the previous page' }),
};
export const nextCursorSchema = z
  .string()
  .nullable()
  .meta({ description: 'For the next page; null where this is the last one' });

/** A comma-separated list of groups, each at most once in the result. */
export const groupByOf = <Group extends string>(known: readonly Group[]) =>
  z
    .string()
    .default('')
    .transform((list, context): Group[] => {
      const names = list.split(',').map((name) => name.trim());
      const given = names.length === 1 && names[0] === '' ? [] : names;
      const groups = given.flatMap((name) => known.find((group) => group === name) ?? []);
      const wrong = given.find((name) => !known.some((group) => group === name));
      if (wrong !== undefined) {
        context.addIssue(`'${wrong}' is not known; a comma-separated list of ${known.join(', ')}`);
        return z.NEVER;
      }
      return [...new Set(groups)];
    })
    .meta({ description: `A comma-separated list of ${known.join(', ')}`, example: 'model,day' });
