import type { CallOptions } from '@thriftgate/sdk';
import { type Subject, useEdited } from '../api/edited-query';
import { DialogForm, FormFrame, type FormFrameProps, type FormParts } from './form-dialog';
import { QueryPart } from './query-part';
import type { FormValues } from './use-edit-form';

interface EditDialogProps<Value, Fields extends FormValues> extends FormParts<Fields>, FormFrameProps {
  subject: Subject<Value>;
  valuesOf: (value: Value) => Fields;
  /**
   * Sends what has changed; the dialog closes when it has succeeded.
   *
   * @param before the values that were read
   * @param options `ifMatch`, with which the gateway refuses to change another version
   */
  send: (values: Fields, before: Fields, options: CallOptions) => Promise<void>;
}

/** A form that changes an object: it reads the object when it opens, and again where somebody else has changed it. */
export function EditDialog<Value, Fields extends FormValues>(props: EditDialogProps<Value, Fields>) {
  return <FormFrame {...props}>{(onBusy) => <Editor {...props} onBusy={onBusy} />}</FormFrame>;
}

function Editor<Value, Fields extends FormValues>({
  subject,
  valuesOf,
  send,
  ...form
}: EditDialogProps<Value, Fields> & { onBusy: (isBusy: boolean) => void }) {
  const { query, readAgain } = useEdited(subject);
  return (
    <QueryPart query={query}>
      {({ value, etag }) => (
        <DialogForm
          {...form}
          initial={valuesOf(value)}
          read={async () => valuesOf((await readAgain()).value)}
          send={(values, before) => send(values, before, { ifMatch: etag })}
        />
      )}
    </QueryPart>
  );
}
