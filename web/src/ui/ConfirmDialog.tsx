import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuestion } from './confirm';

/** Shows what `confirm` asks; the application has one. */
export default function ConfirmDialog() {
  const { t } = useTranslation();
  const { question, open, answer } = useQuestion();
  return (
    <Modal opened={open} onClose={() => answer(false)} title={question?.title} size="sm" centered>
      <Text size="sm" c="dimmed" style={{ whiteSpace: 'pre-line' }}>
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
