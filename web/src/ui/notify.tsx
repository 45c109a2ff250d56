import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { problemText } from './problem';

const common = () => ({ withBorder: true, closeButtonProps: { 'aria-label': i18next.t('close') } });

/** A toast that something was done. */
export function notify(message: string): void {
  notifications.show({ ...common(), message, autoClose: 4000 });
}

/** A toast that something failed, with the reason. `action` says what was tried: "The name was not changed". */
export function notifyProblem(error: unknown, action?: string): void {
  notifications.show({
    title: action,
    message: problemText(error),
    ...common(),
    color: 'red',
    autoClose: 8000,
    role: 'alert',
  });
}

/** A toast with a way back. */
export function notifyUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    ...common(),
    autoClose: 8000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <span>{message}</span>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {i18next.t('undo')}
        </Button>
      </Group>
    ),
  });
}
