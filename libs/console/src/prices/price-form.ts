import type { NewPrice } from '@thriftgate/sdk';

/** The fields of the dialog, as they are typed, by the names that the gateway has for them. */
export type PriceForm = {
  kind: 'rates' | 'multiplier';
  model: string;
  provider: string;
  team_id: string;
  /** A day of the page's zone; empty for now. */
  valid_from: string;
  input_usd_per_mtok: string;
  output_usd_per_mtok: string;
  cached_input_usd_per_mtok: string;
  multiplier: string;
  note: string;
};

const RATE = /^\d{1,7}(\.\d{1,6})?$/;
const MULTIPLIER = /^\d{1,3}(\.\d{1,6})?$/;

export const emptyPrice = (model: string | undefined): PriceForm => ({
  kind: 'rates',
  model: model ?? '',
  provider: '',
  team_id: '',
  valid_from: '',
  input_usd_per_mtok: '',
  output_usd_per_mtok: '',
  cached_input_usd_per_mtok: '',
  multiplier: '',
  note: '',
});

/** Whether the gateway would take the fields. */
export function isCompletePrice(form: PriceForm): boolean {
  if (form.kind === 'multiplier') return MULTIPLIER.test(form.multiplier);
  const isCached = form.cached_input_usd_per_mtok === '' || RATE.test(form.cached_input_usd_per_mtok);
  return (
    form.model.trim() !== '' && RATE.test(form.input_usd_per_mtok) && RATE.test(form.output_usd_per_mtok) && isCached
  );
}

/** The request. @param validFrom when the chosen day begins; undefined for now */
export function newPrice(form: PriceForm, validFrom: Date | undefined): NewPrice {
  const model = form.model.trim();
  const scope = {
    ...(form.provider.trim() !== '' && { provider: form.provider.trim() }),
    ...(form.team_id !== '' && { team_id: form.team_id }),
    ...(validFrom && { valid_from: validFrom.toISOString() }),
    ...(form.note.trim() !== '' && { note: form.note.trim() }),
  };
  if (form.kind === 'multiplier') return { ...scope, ...(model !== '' && { model }), multiplier: form.multiplier };
  return {
    ...scope,
    model,
    input_usd_per_mtok: form.input_usd_per_mtok,
    output_usd_per_mtok: form.output_usd_per_mtok,
    ...(form.cached_input_usd_per_mtok !== '' && { cached_input_usd_per_mtok: form.cached_input_usd_per_mtok }),
  };
}
