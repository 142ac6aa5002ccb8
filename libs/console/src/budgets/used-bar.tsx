import type { Budget } from '@thriftgate/contracts';
import { Text } from '@mantine/core';
import { useDisplay } from '../display/use-display';
import { addDecimal, formatPercent, ratio } from '../format';
import classes from './used-bar.module.css';

/** How much of the limit is spent and reserved; amber from the first threshold on, red once the limit is reached. */
export function UsedBar({ budget }: { budget: Budget }) {
  const { language } = useDisplay();
  const { spent_usd: spent, reserved_usd: reserved, limit_usd: limit } = budget;
  const share = ratio(spent, limit) ?? 1;
  const isSoon = share >= Math.min(...budget.thresholds, 1);
  const held = ratio(addDecimal(spent, reserved), limit) ?? 1;
  return (
    <div className={classes.used}>
      <svg width="100%" height="8" aria-hidden="true">
        <rect width="100%" height="8" className={classes.whole} />
        <rect width={percent(held)} height="8" className={classes.reserved} />
        <rect
          width={percent(share)}
          height="8"
          className={share >= 1 ? classes.over : isSoon ? classes.soon : classes.spent}
        />
      </svg>
      <Text size="xs" className="numbers" {...(share >= 1 && { c: 'var(--bad)', fw: 600 })}>
        {formatPercent(share, language)}
      </Text>
    </div>
  );
}

const percent = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;
