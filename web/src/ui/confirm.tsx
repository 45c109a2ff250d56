import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';

export interface Question {
  title: string;
  body: string;
  /** What the button that goes on says: a verb. */
  action: string;
  danger?: boolean;
}

interface State {
  question: Question | null;
  open: boolean;
  answer: (yes: boolean) => void;
}

const useQuestion = create<State>(() => ({ question: null, open: false, answer: () => {} }));

/** Asks before something that cannot be undone. Resolves to whether to go on. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    useQuestion.setState({
      question,
      open: true,
      answer: (yes) => {
        useQuestion.setState({ open: false });
        resolve(yes);
      },
    });
  });
}

/** Shows what `confirm` asks; the application has one. */
export function ConfirmHost() {
  const { t } = useTranslation();
  const { question, open, answer } = useQuestion();
  return (
    <Modal
      opened={open}
      onClose={() => answer(false)}
      title={question?.title}
      size="sm"
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Text size="sm" c="dimmed">
        {question?.body}
      </Text>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={() => answer(false)}>
          {t('cancel')}
        </Button>
        <Button color={question?.danger ? 'red' : undefined} onClick={() => answer(true)} data-autofocus>
          {question?.action}
        </Button>
      </Group>
    </Modal>
  );
}
