import { Stack } from '@mantine/core';
import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';
import { AccountSection } from './account-section';
import { CompanySection } from './company-section';
import { OwnSection } from './own-section';

/** What one has chosen for oneself, and what the company has chosen for all. */
export function SettingsPage() {
  const text = useText();
  return (
    <>
      <PageTitle title={text('shell.page.settings')} />
      <Stack gap="xl" maw={640}>
        <OwnSection />
        <CompanySection />
        <AccountSection />
      </Stack>
    </>
  );
}
