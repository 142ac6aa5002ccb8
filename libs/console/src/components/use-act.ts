import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useText } from '../i18n/use-text';
import { useToast } from './toast';

interface ActOptions<Answer> {
  /** What it has done, in words. */
  done?: (answer: Answer) => string;
  /** The keys of what is loaded again afterwards. */
  reload: readonly string[];
}

/** An act of a button: busy until the gateway has answered, then a message, and what it has changed is loaded again. */
export function useAct<Input, Answer>(act: (input: Input) => Promise<Answer>, { done, reload }: ActOptions<Answer>) {
  const text = useText();
  const toast = useToast();
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    gcTime: 0,
    onSuccess: async (answer) => {
      await Promise.all(reload.map((key) => client.invalidateQueries({ queryKey: [key] })));
      if (done) toast.done(done(answer));
    },
    onError: (error: Error) => toast.failed(text('components.actFailed', { message: error.message })),
  });
}
