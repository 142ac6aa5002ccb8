import { isRecord, type JsonRecord } from '../../json-record';
import { factsOf } from '../../models/model-facts';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';

/** The kinds of input of parts. A model without pictures takes no PDF: its pages are read as pictures. */
const KINDS: Readonly<Record<string, { kind: string; what: string }>> = {
  input_image: { kind: 'image', what: 'pictures' },
  input_file: { kind: 'image', what: 'files' },
  input_audio: { kind: 'audio', what: 'sound' },
};

/**
 * Looks for parts of a kind that the model does not take, in messages and in results of functions.
 *
 * @throws UnsupportedMemberError that names the first one
 * @see https://platform.openai.com/docs/guides/pdf-files
 */
export function refuseLacking({ body, upstreamModel }: Pick<UpstreamCall, 'body' | 'upstreamModel'>): void {
  const { lacks } = factsOf('openai', upstreamModel);
  if (lacks === undefined || !Array.isArray(body.input)) return;
  for (const [index, item] of body.input.entries()) {
    if (!isRecord(item)) continue;
    for (const member of ['content', 'output'])
      refuseIn(item, `input[${index}].${member}`, member, lacks, upstreamModel);
  }
}

function refuseIn(item: JsonRecord, path: string, member: string, lacks: readonly string[], model: string): void {
  const parts: unknown = item[member];
  if (!Array.isArray(parts)) return;
  for (const [index, part] of parts.entries()) {
    const type = isRecord(part) && typeof part.type === 'string' ? part.type : '';
    const found = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (!found || !lacks.includes(found.kind)) continue;
    const param = `${path}[${index}]`;
    throw new UnsupportedMemberError(
      `OpenAI does not take ${found.what} for ${model}. Leave out '${param}', or use another model.`,
      param,
    );
  }
}
