import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { ThriftgateError } from '@thriftgate/sdk';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { isOutdated } from '../api/outdated';
import { useText } from '../i18n/use-text';
import { Dialog } from './dialog';
import { ErrorCard } from './error-card';
import { type FormValues, useEditForm } from './use-edit-form';

/** What the dialogs of forms have in common. */
export interface FormParts<Fields extends FormValues> {
  /** The verb of the button. */
  action: string;
  /** Whether the form can be sent; always, without it. */
  isReady?: (values: Fields) => boolean;
  /** @param before the values that were read last */
  fields: (form: UseFormReturnType<Fields>, before: Fields) => ReactNode;
  onClose: () => void;
}

/** The dialog of a form. */
export interface FormFrameProps {
  isOpen: boolean;
  title: string;
  size?: string;
  onClose: () => void;
}

interface FormDialogProps<Fields extends FormValues> extends FormParts<Fields>, FormFrameProps {
  initial: Fields;
  /** Sends the form; the dialog closes when it has succeeded. */
  send: (values: Fields) => Promise<void>;
}

/** A form over the page. What the gateway refuses stands at its field, where the error names one. */
export function FormDialog<Fields extends FormValues>({ initial, send, ...props }: FormDialogProps<Fields>) {
  return (
    <FormFrame {...props}>
      {(onBusy) => <DialogForm {...props} initial={initial} send={send} onBusy={onBusy} />}
    </FormFrame>
  );
}

/** A dialog that a click outside does not close, and nothing while its form is sent. */
export function FormFrame({
  isOpen,
  title,
  size,
  onClose,
  children,
}: FormFrameProps & { children: (onBusy: (isBusy: boolean) => void) => ReactNode }) {
  const [isBusy, setBusy] = useState(false);
  const close = () => {
    if (!isBusy) onClose();
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      {...(size !== undefined && { size })}
      closeOnClickOutside={false}
    >
      {children(setBusy)}
    </Dialog>
  );
}

interface DialogFormProps<Fields extends FormValues> extends FormParts<Fields> {
  initial: Fields;
  /** @param before the values that were read last */
  send: (values: Fields, before: Fields) => Promise<void>;
  /** Reads what is edited once more, where its version is too old to be changed. */
  read?: () => Promise<Fields>;
  onBusy: (isBusy: boolean) => void;
}

/** The form within a {@link FormFrame}. */
export function DialogForm<Fields extends FormValues>(props: DialogFormProps<Fields>) {
  const { action, initial, isReady, fields, send, read, onBusy, onClose } = props;
  const text = useText();
  const element = useFocusOnFirst();
  const { form, before, again, takeNewest } = useEditForm(initial, read ?? (() => Promise.resolve(initial)));
  // What it returns may have a secret: nothing of it is kept.
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (values: Fields) => {
      onBusy(true);
      return send(values, before).finally(() => onBusy(false));
    },
    gcTime: 0,
    onSuccess: onClose,
    onError: (failure: Error) => {
      const field = fieldOf(failure, initial);
      if (field !== undefined) form.setFieldError(field, failure.message);
    },
  });
  const shown = again.error ?? error;
  const loadAgain = read && isOutdated(error) && (() => again.mutate(undefined, { onSuccess: reset }));
  return (
    <form noValidate ref={element} onSubmit={form.onSubmit((values) => mutate(values))}>
      <Stack>
        {fields(form, before)}
        {takeNewest && (
          <Alert role="status" color="yellow" variant="light">
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm">{text('components.contested')}</Text>
              <Button size="xs" variant="default" onClick={takeNewest}>
                {text('components.takeNewest')}
              </Button>
            </Group>
          </Alert>
        )}
        {shown && fieldOf(shown, initial) === undefined && (
          <ErrorCard
            error={shown}
            title={text('components.refused')}
            {...(loadAgain && { onRetry: loadAgain, retry: text('components.loadAgain') })}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={isPending}>
            {text('components.cancel')}
          </Button>
          <Button type="submit" loading={isPending || again.isPending} disabled={isReady?.(form.values) === false}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Moves the focus to the field with `data-autofocus`, which may come after the dialog has opened. */
function useFocusOnFirst() {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => element.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), []);
  return element;
}

/** The field of the form that an error names, as `keys` for `keys.0.key`. */
function fieldOf(error: Error, fields: FormValues): string | undefined {
  const param = error instanceof ThriftgateError ? error.param : null;
  const name = param?.split(/[.[]/, 1)[0];
  return name !== undefined && Object.hasOwn(fields, name) ? name : undefined;
}
