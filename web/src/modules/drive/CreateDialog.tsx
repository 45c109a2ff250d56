import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createResource } from '../../data/drive';
import type { ResourceKind } from '../../data/types';
import { problemText } from '../../ui/problem';
import { useOpen } from './actions';

interface Props {
  kind: ResourceKind;
  parent: string | null;
  /** Whether a new folder is opened, too, because the list at hand does not show it. */
  opens?: boolean;
  onClose: () => void;
}

/** Asks for the name of a new folder or base. A base is opened. */
export default function CreateDialog({ kind, parent, opens = false, onClose }: Props) {
  const { t } = useTranslation('drive');
  const open = useOpen();
  const [name, setName] = useState(t(`untitled.${kind}`));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  async function create() {
    setBusy(true);
    try {
      const made = await createResource(kind, name.trim(), parent);
      onClose();
      if (kind === 'base' || opens) open(made);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={kind === 'folder' ? t('newFolder') : t('newBase')} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void create();
        }}
      >
        <TextInput
          label={t('common:name')}
          value={name}
          maxLength={200}
          error={error ? problemText(error) : null}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim()}>
            {t('common:create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
