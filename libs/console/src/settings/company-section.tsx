import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DisplayCurrency, PutSettings, Settings } from '@thriftgate/contracts';
import { ThriftgateError } from '@thriftgate/sdk';
import { api } from '../api/client';
import { type Subject, useEdited } from '../api/edited-query';
import { isOutdated } from '../api/outdated';
import { ErrorCard } from '../components/error-card';
import { QueryPart } from '../components/query-part';
import { useToast } from '../components/toast';
import { useEditForm } from '../components/use-edit-form';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { Section } from './section';
import { zoneNames } from './zones';

type CompanyValues = {
  timezone: string;
  currency: DisplayCurrency;
  /** Empty without a rate. */
  rate: string;
  date: string;
};

const SETTINGS: Subject<Settings> = {
  key: ['settings'],
  read: (options) => api.admin.settings.getTagged(options),
};

const valuesOf = ({ timezone, currency, exchange_rate: rate }: Settings): CompanyValues => ({
  timezone,
  currency,
  rate: rate?.krw_per_usd ?? '',
  date: rate?.date ?? '',
});

/** Time zone, currency and exchange rate of the company. What is typed stays, whoever else changes them meanwhile. */
export function CompanySection() {
  const text = useText();
  const mayWrite = useMay('settings:write');
  const { query, readAgain } = useEdited(SETTINGS);
  const lead = mayWrite ? text('settings.companyLead') : text('settings.companyReadOnly');
  return (
    <Section id="company" title={text('settings.company')} lead={lead}>
      <QueryPart query={query}>
        {({ value, etag }) => (
          <CompanyForm
            settings={value}
            etag={etag}
            isReadOnly={!mayWrite}
            read={async () => valuesOf((await readAgain()).value)}
          />
        )}
      </QueryPart>
    </Section>
  );
}

interface CompanyFormProps {
  settings: Settings;
  /** Of the version that was read: another one is not replaced. */
  etag: string | undefined;
  isReadOnly: boolean;
  read: () => Promise<CompanyValues>;
}

function CompanyForm({ settings, etag, isReadOnly, read }: CompanyFormProps) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const { form, again } = useEditForm(valuesOf(settings), read);
  const save = useMutation({
    mutationFn: (values: CompanyValues) => api.admin.settings.replace(sent(values), { ifMatch: etag }),
    onSuccess: async () => {
      await Promise.all([again.mutateAsync(), client.invalidateQueries({ queryKey: ['me'] })]);
      toast.done(text('settings.saved'));
    },
    onError: (error: Error) => {
      const field = fieldOf(error);
      if (field) form.setFieldError(field, error.message);
    },
  });
  const shown = again.error ?? save.error;
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
        {shown && fieldOf(shown) === undefined && (
          <ErrorCard
            error={shown}
            title={text('components.refused')}
            {...(isOutdated(save.error) && {
              onRetry: () => again.mutate(undefined, { onSuccess: save.reset }),
              retry: text('components.loadAgain'),
            })}
          />
        )}
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
