import { GatewayError } from './errors';

/** An issue of a Standard Schema library. @see https://standardschema.dev */
interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
  /** Only in Zod: the unknown members of an object. */
  readonly keys?: readonly string[];
}

const NO_BODY = 'The request has no body: send a JSON object, as application/json.';

/** The error that names the first invalid member and counts the others. For Nest's `StandardSchemaValidationPipe`. */
export function invalidRequest(issues: readonly SchemaIssue[]): GatewayError {
  const [first] = issues;
  if (isMissingBody(first)) return new GatewayError('invalid_request', { message: NO_BODY });
  const param = issuePath(first);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
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
