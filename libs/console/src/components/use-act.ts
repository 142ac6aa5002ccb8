import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isOutdated } from '../api/outdated';
import { useText } from '../i18n/use-text';
import { type FollowUp, followUp } from './follow-up';
import { useToast } from './toast';

/**
 * An act of a button: busy until the gateway has answered, then a message, and what it has changed is loaded again. That the
 * object has changed since it was read is no message: who sends `ifMatch` shows it.
 */
export function useAct<Input, Answer>(act: (input: Input) => Promise<Answer>, options: FollowUp<Answer>) {
  const text = useText();
  const toast = useToast();
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    gcTime: 0,
    onSuccess: (answer) =>
      followUp(answer, options, (key) => client.invalidateQueries({ queryKey: [key] }), toast.done),
    onError: (error: Error) => {
      if (!isOutdated(error)) toast.failed(text('components.actFailed', { message: error.message }));
    },
  });
}
