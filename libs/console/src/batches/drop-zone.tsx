import { Button, FileButton, Stack, Text } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import classes from './batches.module.css';

interface DropZoneProps {
  file: File | undefined;
  onFile: (file: File) => void;
}

/** Takes a file that is dropped on it or chosen with the button. */
export function DropZone({ file, onFile }: DropZoneProps) {
  const text = useText();
  const { bytes } = useNumbers();
  const [isOver, setOver] = useState(false);
  const onDrag = (event: DragEvent, over: boolean) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    <div
      className={classes.drop}
      data-over={isOver}
      onDragOver={(event) => onDrag(event, true)}
      onDragLeave={(event) => onDrag(event, false)}
      onDrop={(event) => {
        onDrag(event, false);
        const [dropped] = event.dataTransfer.files;
        if (dropped) onFile(dropped);
      }}
    >
      <Stack gap="xs" align="center">
        <FileUp size={24} aria-hidden />
        <Text size="sm" role="status">
          {file ? `${file.name} · ${bytes(file.size)}` : text('batches.drop')}
        </Text>
        <FileButton onChange={(chosen) => chosen && onFile(chosen)} accept=".jsonl,.ndjson,.json,.csv,text/csv">
          {(props) => (
            <Button {...props} variant="default" size="xs">
              {text(file ? 'batches.otherFile' : 'batches.chooseFile')}
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          {text('batches.dropHint')}
        </Text>
      </Stack>
    </div>
  );
}
