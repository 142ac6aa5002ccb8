import { z } from 'zod';

/** An error in OpenAI's shape. @see https://platform.openai.com/docs/guides/error-codes */
export const errorBodySchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({
    id: 'Error',
    example: {
      error: {
        message: "'messages' is required and must be an array with at least one message.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'invalid_request',
      },
    },
  });
export type ErrorBody = z.output<typeof errorBodySchema>;

/** The error (402) of a call that exceeds a budget or prepaid credits. */
export const budgetExceededBodySchema = z
  .object({
    error: errorBodySchema.shape.error.extend({
      budget_id: z.string(),
      scope: z.string().meta({ description: 'The owner of the budget: `team:<id>` or `key:<id>`' }),
      limit_usd: z.string(),
      spent_usd: z.string(),
      reserved_usd: z.string().meta({ description: 'Held for running calls, and leased for the next ones' }),
      resets_at: z.iso.datetime().nullable().meta({ description: 'Null if the window never ends' }),
    }),
  })
  .meta({ id: 'BudgetExceeded' });

/** Dollars as a decimal string, exact (`"0.000218"`). */
export const usdSchema = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .meta({ description: 'US dollars, an exact decimal', example: '0.000218' });

/** More digits than these are not exact in JavaScript's numbers. */
const EXACT_DIGITS = 15;

/**
 * Decimal dollars in a request: a text, or a number if its decimals are exact.
 *
 * @param decimals the most digits after the point
 * @param example a value for the message
 */
export function dollarsSchema(decimals: number, example: string): z.ZodType<string, string | number> {
  const message = `must be decimal dollars with at most ${decimals} decimals, as "${example}"`;
  const text = z.string(message).regex(new RegExp(`^\\d{1,7}(\\.\\d{1,${decimals}})?$`), message);
  return z.preprocess((value: string | number) => (isExact(value) ? String(value) : value), text);
}

function isExact(value: unknown): value is number {
  return typeof value === 'number' && /^\d+(\.\d+)?$/.test(String(value)) && digitsOf(value) <= EXACT_DIGITS;
}

function digitsOf(value: number): number {
  return String(value).replace(/^0\.0*|\./g, '').length;
}

/** Text that PostgreSQL can store: without null characters and lone surrogates. */
export const storable = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !/\0|\p{Surrogate}/u.test(text), 'must not have null characters or lone surrogates');

/** A name, an id or a line of text: without any control characters, and storable. */
export const plainText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not have control characters');

/** A time in RFC 3339, UTC. */
export const timeSchema = z.iso.datetime().meta({ example: '2026-11-23T09:00:00.000Z' });
