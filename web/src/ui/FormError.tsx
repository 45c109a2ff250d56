import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { problemText } from './problem';

/** Why the form was not taken; nothing when there is no error. */
export function FormError({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <Alert color="red" variant="light" p="sm" icon={<IconAlertCircle size={18} />} role="alert">
      {problemText(error)}
    </Alert>
  );
}
