import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { Brand } from '../components/brand';
import { LoadingPage } from '../components/loading-page';
import { useText } from '../i18n/use-text';
import { HeaderControls } from './header-controls';
import { Navigation } from './navigation';
import { PaletteButton } from './palette-button';
import { useAppliedPreferences } from './use-applied-preferences';
import { TeamPicker } from './team-picker';
import { usePaletteOnDemand } from './use-on-demand';
import { useShortcuts } from './use-shortcuts';
import { UpdateNotice } from './update-notice';

const Palette = lazy(() => import('./palette').then((module) => ({ default: module.Palette })));

const ShortcutList = lazy(() => import('./shortcut-list').then((module) => ({ default: module.ShortcutList })));

const NAVIGATION_WIDTH = 216;

/** The frame of all pages: header, navigation and the page. */
export function Shell() {
  const text = useText();
  const { pathname } = useLocation();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [isPaletteWanted, openPalette] = usePaletteOnDemand();
  const [isListWanted, { open: openList, close: closeList }] = useDisclosure();
  useShortcuts(openList);
  useAppliedPreferences();
  useEffect(close, [pathname, close]);
  return (
    <>
      <a className="skip-link" href="#content">
        {text('shell.skip')}
      </a>
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: NAVIGATION_WIDTH, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
        padding={{ base: 'sm', sm: 'lg' }}
        transitionDuration={0}
      >
        <AppShell.Header className="no-print" bg="var(--surface)">
          <Group h="100%" px={{ base: 8, sm: 'md' }} justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="xs" wrap="nowrap" miw={0}>
              <Burger
                opened={isOpen}
                onClick={toggle}
                hiddenFrom="md"
                size="sm"
                aria-label={text(isOpen ? 'shell.closeNavigation' : 'shell.openNavigation')}
              />
              <Brand />
              <Text c="dimmed" aria-hidden visibleFrom="sm">
                /
              </Text>
              <Group visibleFrom="sm" wrap="nowrap" miw={0}>
                <TeamPicker />
              </Group>
            </Group>
            <Group gap={4} wrap="nowrap">
              <PaletteButton onOpen={openPalette} />
              <HeaderControls onShortcuts={openList} />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className="no-print" p="xs" bg="var(--surface-raised)" aria-label={text('shell.navigation')}>
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <UpdateNotice />
          <Suspense fallback={<LoadingPage />}>
            <Outlet />
          </Suspense>
        </AppShell.Main>
      </AppShell>
      <Suspense>
        {isPaletteWanted && <Palette />}
        {isListWanted && <ShortcutList onClose={closeList} />}
      </Suspense>
    </>
  );
}
