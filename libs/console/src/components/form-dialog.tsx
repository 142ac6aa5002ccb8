import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { ThriftgateError } from '@thriftgate/sdk';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { ErrorCard } from './error-card';

type Values = Record<string, unknown>;

interface FormDialogProps<Fields extends Values> {
  isOpen: boolean;
  title: string;
  size?: string;
  /** The verb of the button. */
  action: string;
  initial: Fields;
  /** Whether the form can be sent; always, without it. */
  isReady?: (values: Fields) => boolean;
  fields: (form: UseFormReturnType<Fields>) => ReactNode;
  /** Sends the form; the dialog closes when it has succeeded. */
  send: (values: Fields) => Promise<void>;
  onClose: () => void;
}

/** A form over the page. What the gateway refuses stands at its field, where the error names one. */
export function FormDialog<Fields extends Values>(props: FormDialogProps<Fields>) {
  const text = useText();
  const { isOpen, title, size, onClose } = props;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      {...(size !== undefined && { size })}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <Form {...props} />
    </Modal>
  );
}

function Form<Fields extends Values>({ action, initial, isReady, fields, send, onClose }: FormDialogProps<Fields>) {
  const text = useText();
  const form = useForm<Fields>({ initialValues: initial });
  // What it returns may have a secret: nothing of it is kept.
  const { mutate, isPending, error } = useMutation({
    mutationFn: send,
    gcTime: 0,
    onSuccess: onClose,
    onError: (failure: Error) => {
      const field = fieldOf(failure, initial);
      if (field !== undefined) form.setFieldError(field, failure.message);
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
      <Stack>
        {fields(form)}
        {error && fieldOf(error, initial) === undefined && (
          <ErrorCard error={error} title={text('components.refused')} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={isPending}>
            {text('components.cancel')}
          </Button>
          <Button type="submit" loading={isPending} disabled={isReady?.(form.values) === false}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The field of the form that an error names, as `keys` for `keys.0.key`. */
function fieldOf(error: Error, fields: Values): string | undefined {
  const param = error instanceof ThriftgateError ? error.param : null;
  const name = param?.split(/[.[]/, 1)[0];
  return name !== undefined && Object.hasOwn(fields, name) ? name : undefined;
}
