import type { NewPrice } from '@thriftgate/sdk';

/** The fields of the dialog, as they are typed. */
export interface PriceForm {
  kind: 'rates' | 'multiplier';
  model: string;
  provider: string;
  teamId: string;
  /** A day of the page's zone; empty for now. */
  from: string;
  input: string;
  output: string;
  cachedInput: string;
  multiplier: string;
  note: string;
}

const RATE = /^\d{1,7}(\.\d{1,6})?$/;
const MULTIPLIER = /^\d{1,3}(\.\d{1,6})?$/;

export const emptyPrice = (model: string | undefined): PriceForm => ({
  kind: 'rates',
  model: model ?? '',
  provider: '',
  teamId: '',
  from: '',
  input: '',
  output: '',
  cachedInput: '',
  multiplier: '',
  note: '',
});

/** Whether the gateway would take the fields. */
export function isCompletePrice(form: PriceForm): boolean {
  if (form.kind === 'multiplier') return MULTIPLIER.test(form.multiplier);
  const isCached = form.cachedInput === '' || RATE.test(form.cachedInput);
  return form.model.trim() !== '' && RATE.test(form.input) && RATE.test(form.output) && isCached;
}

/** The request. @param validFrom when the chosen day begins; undefined for now */
export function newPrice(form: PriceForm, validFrom: Date | undefined): NewPrice {
  const model = form.model.trim();
  const scope = {
    ...(form.provider.trim() !== '' && { provider: form.provider.trim() }),
    ...(form.teamId !== '' && { team_id: form.teamId }),
    ...(validFrom && { valid_from: validFrom.toISOString() }),
    ...(form.note.trim() !== '' && { note: form.note.trim() }),
  };
  if (form.kind === 'multiplier') return { ...scope, ...(model !== '' && { model }), multiplier: form.multiplier };
  return {
    ...scope,
    model,
    input_usd_per_mtok: form.input,
    output_usd_per_mtok: form.output,
    ...(form.cachedInput !== '' && { cached_input_usd_per_mtok: form.cachedInput }),
  };
}
