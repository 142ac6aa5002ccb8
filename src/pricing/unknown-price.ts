import type { NewAlert } from '../alerts/alert';
import { formatUsdPerMillionTokens } from '../common/money';
import type { Price, Priced } from './price';

/** The alert that the calls of a model are charged at a guessed price: one for each model. */
export function unknownPriceAlert(priced: Priced, price: Price): NewAlert<'price_unknown'> {
  const { input, output } = perMtok(price);
  return {
    kind: 'price_unknown',
    severity: 'warning',
    dedupeKey: `price_unknown:${priced.publicName}`,
    teamId: null,
    data: {
      model: priced.publicName,
      deployment: `${priced.provider}/${priced.upstreamModel}`,
      input_usd_per_mtok: input,
      output_usd_per_mtok: output,
    },
  };
}

/** The warning to an administrator who sets a deployment without a known price; undefined where the price is known. */
export function unknownPriceWarning(priced: Priced, price: Price): string | undefined {
  if (!price.estimated) return undefined;
  const { input, output } = perMtok(price);
  return (
    `The price of '${priced.publicName}' at ${priced.provider}/${priced.upstreamModel} is unknown. Calls are charged at the ` +
    `catalogue's highest prices, $${input} per million input tokens and $${output} per million output tokens, and are refused ` +
    'under budgets. Set the price at /admin/prices.'
  );
}

/** Dollars per million tokens, as decimal strings. */
function perMtok({ inputPusd, outputPusd }: Price): { input: string; output: string } {
  return { input: formatUsdPerMillionTokens(inputPusd), output: formatUsdPerMillionTokens(outputPusd) };
}
