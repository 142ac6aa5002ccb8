import { Stack } from '@mantine/core';
import type { CallOptions } from '@thriftgate/sdk';
import { type Subject, useEdited } from '../api/edited-query';
import { isOutdated } from '../api/outdated';
import { useText } from '../i18n/use-text';
import { Question, type QuestionProps } from './confirm-dialog';
import { Dialog } from './dialog';
import { ErrorCard } from './error-card';
import type { FollowUp } from './follow-up';
import { useAct } from './use-act';

interface ConfirmedActProps<Value, Answer>
  extends FollowUp<Answer>, Pick<QuestionProps, 'children' | 'action' | 'typeName' | 'onClose'> {
  subject: Subject<Value>;
  /** @param options `ifMatch`, with which the gateway refuses the act for another version */
  act: (options: CallOptions) => Promise<Answer>;
}

interface ConfirmActProps<Value, Answer> extends ConfirmedActProps<Value, Answer> {
  isOpen: boolean;
  title: string;
}

/** Asks before a final act on an object, which is read when the dialog opens: an object that has changed since is refused. */
export function ConfirmAct<Value, Answer>({ isOpen, title, ...act }: ConfirmActProps<Value, Answer>) {
  return (
    <Dialog isOpen={isOpen} onClose={act.onClose} title={title} withCloseButton={false}>
      <Act {...act} />
    </Dialog>
  );
}

function Act<Value, Answer>(props: ConfirmedActProps<Value, Answer>) {
  const { subject, act, done, leave, reload, children, onClose, ...question } = props;
  const text = useText();
  const { query, readAgain } = useEdited(subject);
  const sent = useAct(act, { done, leave, reload });
  const isOld = isOutdated(sent.error);
  const loadAgain = () => void readAgain().then(sent.reset, () => undefined);
  const confirm = () =>
    sent.mutate(
      { ifMatch: query.data?.etag },
      {
        onSettled: (_, error) => {
          if (!isOutdated(error)) onClose();
        },
      },
    );
  return (
    <Question
      {...question}
      isReady={query.data !== undefined && !isOld}
      isBusy={sent.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Stack gap="xs">
        <div>{children}</div>
        {query.error && <ErrorCard error={query.error} onRetry={() => void query.refetch()} />}
        {isOld && (
          <ErrorCard
            error={sent.error}
            title={text('components.refused')}
            onRetry={loadAgain}
            retry={text('components.loadAgain')}
          />
        )}
      </Stack>
    </Question>
  );
}
