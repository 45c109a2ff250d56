import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { ProblemError } from '../data/client';
import { problemText } from './problem';

const common = () => ({ withBorder: true, closeButtonProps: { 'aria-label': i18next.t('close') } });

/** A toast that something was done. */
export function notify(message: string): void {
  notifications.show({ ...common(), message, autoClose: 4000 });
}

/** A toast that something failed, with the reason. `action` says what was tried: "The name was not changed". */
export function notifyProblem(error: unknown, action?: string): void {
  // What a member stopped did not fail.
  if (error instanceof ProblemError && error.code === 'job.cancelled') {
    notify(problemText(error));
    return;
  }
  notifications.show({
    title: action,
    message: problemText(error),
    ...common(),
    color: 'red',
    autoClose: 8000,
    role: 'alert',
  });
}

let last: { id: string; undo: () => void } | null = null;

/** Whether a toast with a way back is up. */
export const canUndo = () => last !== null;

/** Takes back what the latest such toast told. */
export function undoLast(): void {
  if (!last) return;
  const { id, undo } = last;
  notifications.hide(id);
  last = null;
  undo();
}

/** A toast with a way back: a button, and Ctrl-Z while it is up. */
export function notifyUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    ...common(),
    autoClose: 8000,
    onClose: () => {
      if (last?.id === id) last = null;
    },
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
  last = { id, undo };
}
