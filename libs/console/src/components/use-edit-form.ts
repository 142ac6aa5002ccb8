import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { hasConflict, rebased } from './changes';

/** The fields of a form by name. */
export type FormValues = Record<string, unknown>;

/**
 * A form over values that were read.
 *
 * @param initial the values that were read
 * @param read reads them again
 * @returns the form, the values that were read last, an act that reads them again without losing what was typed, and, where
 *   somebody else has changed a field that was typed in, a function that takes their values in place of what was typed
 */
export function useEditForm<Fields extends FormValues>(initial: Fields, read: () => Promise<Fields>) {
  const form = useForm<Fields>({ initialValues: initial });
  const [before, setBefore] = useState(initial);
  const [isContested, setContested] = useState(false);
  const again = useMutation({
    mutationFn: read,
    gcTime: 0,
    onSuccess: (newest) => {
      setContested(hasConflict(before, form.getValues(), newest));
      form.setValues(rebased(before, form.getValues(), newest));
      setBefore(newest);
    },
  });
  const takeNewest = () => {
    form.setValues(before);
    setContested(false);
  };
  return { form, before, again, takeNewest: isContested ? takeNewest : undefined };
}
