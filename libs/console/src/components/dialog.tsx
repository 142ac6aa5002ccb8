import { Modal, type ModalProps } from '@mantine/core';
import { useOverDrawer } from './over-drawer';
import { useText } from '../i18n/use-text';

interface DialogProps extends Omit<ModalProps, 'opened'> {
  isOpen: boolean;
}

/** A dialog over the page, or over a drawer that stays when Escape closes the dialog. */
export function Dialog({ isOpen, ...props }: DialogProps) {
  const text = useText();
  useOverDrawer(isOpen);
  return <Modal opened={isOpen} closeButtonProps={{ 'aria-label': text('components.close') }} {...props} />;
}
