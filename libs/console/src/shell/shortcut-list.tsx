import '../app/later-styles';
import { Kbd, Modal, Switch, Table } from '@mantine/core';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { useChangePreferences, useMe } from '../me/use-me';
import type { PageName } from '../routes/pages';
import { PAGE_LETTERS } from './shortcuts';

/** The keyboard shortcuts, and a switch for those of single letters. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const text = useText();
  const toast = useToast();
  const { preferences } = useMe();
  const change = useChangePreferences((error) => toast.failed(text('shell.failed', { message: error.message })));
  const pages = Object.entries(PAGE_LETTERS) as [PageName, string][];
  const rows: [string, string][] = [
    ['⌘K / Ctrl K', text('shell.keys.palette')],
    ['/', text('shell.keys.filter')],
    ['j k', text('shell.keys.rows')],
    ['Enter', text('shell.keys.open')],
    ['Esc', text('shell.keys.close')],
    ['?', text('shell.keys.list')],
    ...pages.map(([name, letter]): [string, string] => [`g ${letter}`, text(`shell.page.${name}`)]),
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      title={text('shell.shortcuts')}
      closeButtonProps={{ 'aria-label': text('shell.keys.close') }}
    >
      <Switch
        label={text('shell.keys.letters')}
        checked={preferences.shortcuts}
        onChange={(event) => change({ shortcuts: event.currentTarget.checked })}
        mb="sm"
      />
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(([keys, meaning]) => (
            <Table.Tr key={keys}>
              <Table.Td>
                <Kbd>{keys}</Kbd>
              </Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
