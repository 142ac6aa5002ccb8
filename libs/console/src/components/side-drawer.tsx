import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';

interface SideDrawerProps {
  isOpen: boolean;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** Details beside the page; over it on a small screen. */
export function SideDrawer({ isOpen, title, onClose, children }: SideDrawerProps) {
  const text = useText();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      title={title}
      position="right"
      size="min(560px, 100vw)"
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      {children}
    </Drawer>
  );
}
