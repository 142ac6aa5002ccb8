import { GatewayError } from './errors';

/** An issue of a Standard Schema library. @see https://standardschema.dev */
interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
  /** Only in Zod: the unknown members of an object. */
  readonly keys?: readonly string[];
}

const NO_BODY = 'The request has no body: send a JSON object, as application/json.';

/**
 * The error that names an invalid member and counts the others: one whose name is nearly right, else the first. For Nest's
 * `StandardSchemaValidationPipe`.
 */
export function invalidRequest(issues: readonly SchemaIssue[]): GatewayError {
  if (isMissingBody(issues[0])) return new GatewayError('invalid_request', { message: NO_BODY });
  const first = issues.find(({ message }) => message.includes('Did you mean')) ?? issues[0];
  const param = issuePath(first);
  const others = new Set(issues.map(issuePath)).size - 1;
  const more = others > 0 ? ` (and ${others} more)` : '';
  const message = `${param === '' ? 'The request' : `'${param}'`}: ${first?.message ?? 'is not valid'}${more}`;
  return new GatewayError('invalid_request', { message, param: param === '' ? null : param });
}

/** Of all that is checked, only the body can be missing as a whole. */
function isMissingBody(issue: SchemaIssue | undefined): boolean {
  return issuePath(issue) === '' && issue?.message.startsWith('is required') === true;
}

/** The member of an issue, in dotted form; empty for the whole value. */
export function issuePath(issue: SchemaIssue | undefined): string {
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return [...path, ...(issue?.keys?.slice(0, 1) ?? [])].join('.');
}
