import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { OverDrawerContext, useCovers } from './over-drawer';

interface SideDrawerProps {
  isOpen: boolean;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** Details beside the page; over it on a small screen. Escape closes a dialog over it first. */
export function SideDrawer({ isOpen, title, onClose, children }: SideDrawerProps) {
  const text = useText();
  const [isCovered, cover] = useCovers();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      closeOnEscape={!isCovered}
      title={title}
      position="right"
      size="min(560px, 100vw)"
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <OverDrawerContext value={cover}>{children}</OverDrawerContext>
    </Drawer>
  );
}
