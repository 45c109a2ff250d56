import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  initial: string;
  action: string;
  onClose: () => void;
  onSave: (name: string) => void;
}

/** Asks for a name. Mount it to open it. */
export function NameDialog({ title, initial, action, onClose, onSave }: Props) {
  const { t } = useTranslation('base');
  const [name, setName] = useState(initial);
  const clean = name.trim();
  return (
    <Modal opened onClose={onClose} title={title} size="sm" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (clean === '') return;
          onClose();
          onSave(clean);
        }}
      >
        <TextInput
          data-autofocus
          label={t('name')}
          value={name}
          maxLength={200}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={clean === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
