import { Group, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { Roi } from '@thriftgate/contracts';
import { Panel } from '../components/panel';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { addDecimal, bucketLabel, compareDecimal, multiplyDecimal, ratio } from '../format';
import { useText } from '../i18n/use-text';

const AMOUNT = /^\d{1,9}(\.\d{1,2})?$/;

/** What the gateway itself costs a month, entered once on this device, against what it saves. */
export function ReturnPanel({ month }: { month: Roi }) {
  const text = useText();
  const money = useMoney();
  const { language, timezone } = useDisplay();
  const [entered, setEntered] = useLocalStorage({
    key: 'thriftgate.running-cost',
    defaultValue: '',
    getInitialValueInEffect: false,
  });
  const isAmount = AMOUNT.test(entered);
  const saved = (month.projected ?? month).saved_usd;
  const hasCost = isAmount && compareDecimal(entered, '0') > 0;
  const times = hasCost ? ratio(saved, entered) : undefined;
  return (
    <Panel title={text('savings.return')}>
      <Group align="flex-start" gap="lg">
        <TextInput
          label={text('savings.runningCost')}
          description={text('savings.runningCostHint')}
          leftSection="$"
          value={entered}
          onChange={({ currentTarget }) => setEntered(currentTarget.value.trim())}
          error={entered !== '' && !isAmount && text('savings.runningCostWrong')}
          inputMode="decimal"
          autoComplete="off"
          maw={280}
        />
        <div>
          <Text size="sm" c="dimmed">
            {text(month.projected ? 'savings.projectedOf' : 'savings.savedIn', {
              month: bucketLabel(month.month, timezone, language),
            })}
          </Text>
          <Text fz="1.25rem" fw={600} className="numbers">
            {money.headline(saved)}
          </Text>
          {times !== undefined && (
            <Text size="sm">
              {text('savings.times', {
                times: new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(times),
                net: money.cell(addDecimal(saved, multiplyDecimal(entered, '-1'))),
              })}
            </Text>
          )}
        </div>
      </Group>
    </Panel>
  );
}
