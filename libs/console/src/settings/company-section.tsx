import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DisplayCurrency, PutSettings, Settings } from '@thriftgate/contracts';
import { ThriftgateError } from '@thriftgate/sdk';
import { api } from '../api/client';
import { ErrorCard } from '../components/error-card';
import { QueryPart } from '../components/query-part';
import { useToast } from '../components/toast';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { Section } from './section';
import { zoneNames } from './zones';

interface CompanyValues {
  timezone: string;
  currency: DisplayCurrency;
  /** Empty without a rate. */
  rate: string;
  date: string;
}

/** Time zone, currency and exchange rate of the company. */
export function CompanySection() {
  const text = useText();
  const mayWrite = useMay('settings:write');
  const settings = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => api.admin.settings.get({ signal }) });
  const lead = mayWrite ? text('settings.companyLead') : text('settings.companyReadOnly');
  return (
    <Section id="company" title={text('settings.company')} lead={lead}>
      <QueryPart query={settings}>
        {(data) => <CompanyForm key={data.updated_at} settings={data} isReadOnly={!mayWrite} />}
      </QueryPart>
    </Section>
  );
}

function CompanyForm({ settings, isReadOnly }: { settings: Settings; isReadOnly: boolean }) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const form = useForm<CompanyValues>({
    initialValues: {
      timezone: settings.timezone,
      currency: settings.currency,
      rate: settings.exchange_rate?.krw_per_usd ?? '',
      date: settings.exchange_rate?.date ?? '',
    },
  });
  const save = useMutation({
    mutationFn: (values: CompanyValues) => api.admin.settings.replace(sent(values)),
    onSuccess: async () => {
      await Promise.all(['settings', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      toast.done(text('settings.saved'));
    },
    onError: (error: Error) => {
      const field = fieldOf(error);
      if (field) form.setFieldError(field, error.message);
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm">
        <Select
          label={text('settings.timezone')}
          description={text('settings.timezoneHint')}
          searchable
          allowDeselect={false}
          disabled={isReadOnly}
          data={zoneNames(settings.timezone)}
          {...form.getInputProps('timezone')}
        />
        <Select
          label={text('settings.currency')}
          description={text('settings.currencyHint')}
          allowDeselect={false}
          disabled={isReadOnly}
          data={[
            { value: 'USD', label: text('settings.usd') },
            { value: 'KRW', label: text('settings.krw') },
          ]}
          {...form.getInputProps('currency')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label={text('settings.rate')}
            description={text('settings.rateHint')}
            inputMode="decimal"
            autoComplete="off"
            disabled={isReadOnly}
            {...form.getInputProps('rate')}
          />
          <TextInput
            type="date"
            label={text('settings.rateDate')}
            description={text('settings.rateDateHint')}
            disabled={isReadOnly}
            {...form.getInputProps('date')}
          />
        </SimpleGrid>
        {save.error && fieldOf(save.error) === undefined && <ErrorCard error={save.error} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {settings.updated_at !== null && (
              <>
                {text('settings.updated')}: <When at={settings.updated_at} />
              </>
            )}
          </Text>
          {!isReadOnly && (
            <Button type="submit" loading={save.isPending}>
              {text('settings.save')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

const sent = ({ timezone, currency, rate, date }: CompanyValues): PutSettings => ({
  timezone,
  currency,
  exchange_rate: rate.trim() === '' ? null : { krw_per_usd: rate.trim(), date },
});

/** The field that an error of the gateway is about. */
function fieldOf(error: Error): keyof CompanyValues | undefined {
  const param = error instanceof ThriftgateError ? error.param : null;
  if (param === 'timezone' || param === 'currency') return param;
  if (param === 'exchange_rate.date') return 'date';
  return param?.startsWith('exchange_rate') ? 'rate' : undefined;
}
