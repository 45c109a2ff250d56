/** Asks for the name of a view and what it is for. Mount it to open it. */
import { Button, Group, Modal, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface ViewWords {
  name: string;
  description: string;
  /** Of a new view: nobody else sees it. */
  personal: boolean;
}

interface Props {
  title: string;
  initial: ViewWords;
  action: string;
  /** Whether it is asked who sees it. */
  asksPersonal: boolean;
  onClose: () => void;
  onSave: (words: ViewWords) => void;
}

export function ViewDialog({ title, initial, action, asksPersonal, onClose, onSave }: Props) {
  const { t } = useTranslation('base');
  const [words, setWords] = useState(initial);
  const name = words.name.trim();
  return (
    <Modal opened onClose={onClose} title={title} size="sm" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name === '') return;
          onClose();
          onSave({ ...words, name, description: words.description.trim() });
        }}
      >
        <TextInput
          data-autofocus
          label={t('name')}
          value={words.name}
          maxLength={200}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setWords({ ...words, name: event.currentTarget.value })}
        />
        <Textarea
          mt="sm"
          label={t('view.description')}
          placeholder={t('view.descriptionHint')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={3000}
          value={words.description}
          onChange={(event) => setWords({ ...words, description: event.currentTarget.value })}
        />
        {asksPersonal && (
          <Switch
            mt="md"
            label={t('view.personal')}
            description={t('view.personalHint')}
            checked={words.personal}
            onChange={(event) => setWords({ ...words, personal: event.currentTarget.checked })}
          />
        )}
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={name === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
