import { ActionIcon, Menu } from '@mantine/core';
import type { CreatedKey } from '@thriftgate/contracts';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { EditKeyDialog } from './edit-key-dialog';
import { isChangeable, type KeyRow } from './key-rows';
import { RevokeKeyDialog } from './revoke-key-dialog';
import { RotateKeyDialog } from './rotate-key-dialog';

type Act = 'edit' | 'rotate' | 'revoke';

/** What one may do with a key; nothing is offered that the gateway would refuse. */
export function KeyMenu({ row, onRotated }: { row: KeyRow; onRotated: (key: CreatedKey) => void }) {
  const text = useText();
  const [act, setAct] = useState<Act>();
  const { role } = useMe();
  const { key } = row;
  if (!isChangeable(row, role)) return null;
  const close = () => setAct(undefined);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={text('keys.acts', { name: key.name })}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAct('edit')}>{text('keys.edit')}</Menu.Item>
          {row.state !== 'replaced' && <Menu.Item onClick={() => setAct('rotate')}>{text('keys.rotate')}</Menu.Item>}
          <Menu.Item color="red" onClick={() => setAct('revoke')}>
            {text('keys.revoke')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <EditKeyDialog apiKey={key} isOpen={act === 'edit'} onClose={close} />
      <RotateKeyDialog row={row} isOpen={act === 'rotate'} onClose={close} onRotated={onRotated} />
      <RevokeKeyDialog apiKey={key} isOpen={act === 'revoke'} onClose={close} />
    </>
  );
}
