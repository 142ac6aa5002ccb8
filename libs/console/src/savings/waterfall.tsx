import type { SavingsReport } from '@thriftgate/contracts';
import { Text } from '@mantine/core';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { formatPercent, multiplyDecimal, ratio } from '../format';
import { useText } from '../i18n/use-text';
import classes from './waterfall.module.css';
import { waterfallSteps } from './waterfall-steps';

/** List price, each saving, and what was paid: a table whose bars stand where the amount before them ended. */
export function Waterfall({ total }: { total: SavingsReport['total'] }) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  if (total.requests === 0) return <Text c="dimmed">{text('savings.noCalls')}</Text>;
  return (
    <table className={classes.table} aria-label={text('savings.waterfall')}>
      <thead>
        <tr>
          <th scope="col">{text('savings.step')}</th>
          <th scope="col" className={classes.barHead} aria-hidden />
          <th scope="col" className={classes.number}>
            {text('savings.amount')}
          </th>
          <th scope="col" className={classes.number}>
            {text('savings.ofList')}
          </th>
        </tr>
      </thead>
      <tbody>
        {waterfallSteps(total).map(({ id, kind, usd, start, length }) => (
          <tr key={id} className={kind === 'sum' ? classes.sum : undefined}>
            <th scope="row">{text(`savings.step.${id}`)}</th>
            <td className={classes.bar} aria-hidden>
              <svg width="100%" height="16">
                <rect
                  x={`${start * 100}%`}
                  width={`${length * 100}%`}
                  height="16"
                  className={kind === 'sum' ? classes.paid : classes.saved}
                />
              </svg>
            </td>
            <td className={classes.number}>
              {kind === 'sum' ? money.cell(usd) : money.cell(multiplyDecimal(usd, '-1'))}
            </td>
            <td className={classes.number}>{formatPercent(ratio(usd, total.list_cost_usd) ?? 0, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
