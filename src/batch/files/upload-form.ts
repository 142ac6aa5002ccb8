import { type ExpiresAfter, expiresAfterSchema } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';
import { invalidRequest } from '../../common/zod-issues';
import type { FileDraft } from './files.service';

export type NamedDraft = FileDraft & { filename: string };

const EXPIRY = 'expires_after';
const EXPIRY_MEMBER = /^expires_after\[(\w+)\]$/;

/** The members of a form read so far; others than OpenAI's are ignored. The first problem is thrown after the whole form is read. */
export class UploadForm {
  draft: NamedDraft | undefined;
  problem: GatewayError | undefined;
  private hasPurpose = false;
  private expiry: unknown = undefined;

  /** The parser of forms puts U+FFFD in place of bytes that are no UTF-8. */
  checkText(...texts: unknown[]): void {
    if (!texts.some((text) => typeof text === 'string' && text.includes('\ufffd'))) return;
    const message = 'A name or a value of the form is not UTF-8. Convert it, as from EUC-KR or CP949, before sending.';
    this.refuse(new GatewayError('invalid_request', { message }));
  }

  addField(name: string, value: unknown): void {
    if (name === 'purpose') this.readPurpose(value);
    else if (name === EXPIRY) this.expiry = isNothing(value) ? undefined : jsonOf(value);
    else this.readExpiryMember(EXPIRY_MEMBER.exec(name)?.[1], value);
  }

  refuse(problem: GatewayError): void {
    this.problem ??= problem;
  }

  /** @throws GatewayError the first problem */
  finish(): { draft: NamedDraft; expiresAfterSeconds: number | undefined } {
    if (!this.hasPurpose) this.refuse(invalid('purpose', `'purpose': is missing; it must be batch.`));
    if (!this.draft) this.refuse(invalid('file', `'file': is missing.`));
    else if (this.draft.writer.bytes === 0) this.refuse(invalid('file', `'file': is empty.`));
    const expiry = this.readExpiry();
    if (this.problem || !this.draft) throw this.problem;
    return { draft: this.draft, expiresAfterSeconds: expiry?.seconds };
  }

  private readPurpose(value: unknown): void {
    if (value === 'batch') this.hasPurpose = true;
    else this.refuse(invalid('purpose', `'purpose': must be batch; this gateway stores files for batches only.`));
  }

  private readExpiryMember(member: string | undefined, value: unknown): void {
    if (member === undefined || isNothing(value)) return;
    const given = typeof this.expiry === 'object' ? this.expiry : {};
    this.expiry = { ...given, [member]: member === 'seconds' ? Number(value) : value };
  }

  private readExpiry(): ExpiresAfter | undefined {
    if (this.expiry === undefined) return undefined;
    const { data, error } = expiresAfterSchema.safeParse(this.expiry);
    if (error) this.refuse(invalidRequest(error.issues.map((issue) => ({ ...issue, path: [EXPIRY, ...issue.path] }))));
    return data;
  }
}

/** Whether a value stands for none: forms have no null. */
function isNothing(value: unknown): boolean {
  return value === null || value === '' || value === 'null';
}

/** Some clients send an object of a form as JSON. */
function jsonOf(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

export function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param });
}
