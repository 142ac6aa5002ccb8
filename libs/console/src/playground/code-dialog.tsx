import { Code, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import type { ChatRequest } from '@thriftgate/contracts';
import { useState } from 'react';
import { type CodeName, codeOf, CODES } from '../calls/code';
import { CopyButton } from '../components/copy-button';
import { useText } from '../i18n/use-text';

interface CodeDialogProps {
  isOpen: boolean;
  request: ChatRequest;
  onClose: () => void;
}

/** The call as code that runs as copied, with the key in the environment. */
export function CodeDialog({ isOpen, request, onClose }: CodeDialogProps) {
  const text = useText();
  const [name, setName] = useState<CodeName>('curl');
  const code = codeOf(name, request, `${location.origin}/v1`);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={text('playground.code')}
      size="lg"
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <Stack>
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={text('playground.language')}
            data={[...CODES]}
            value={name}
            onChange={setName}
          />
          <CopyButton value={code} label={text('components.copy')} />
        </Group>
        <Code block lang="en" tabIndex={0} aria-label={name}>
          {code}
        </Code>
        <Text size="sm" c="dimmed">
          {text('playground.codeHint')}
        </Text>
      </Stack>
    </Modal>
  );
}
