import { Button, Divider, FileButton, Group, Modal, Progress, Text, TextInput } from '@mantine/core';
import { IconPackageImport } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createResource, importBase } from '../../data/drive';
import type { ResourceKind } from '../../data/types';
import { notify } from '../../ui/notify';
import { problemText } from '../../ui/problem';
import { useOpen } from './actions';

interface Props {
  kind: ResourceKind;
  parent: string | null;
  /** Whether a new folder is opened, too, because the list at hand does not show it. */
  opens?: boolean;
  onClose: () => void;
}

/** Asks for the name of a new folder or base, or for a file that holds a base. A base is opened. */
export default function CreateDialog({ kind, parent, opens = false, onClose }: Props) {
  const { t } = useTranslation('drive');
  const open = useOpen();
  const [name, setName] = useState(t(`untitled.${kind}`));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [reading, setReading] = useState(false);
  const [part, setPart] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  function close() {
    stop.current?.abort();
    onClose();
  }
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
  async function take(file: File | null) {
    if (!file) return;
    setReading(true);
    setPart(null);
    setError(null);
    const abort = new AbortController();
    stop.current = abort;
    try {
      const { resource, report } = await importBase(file, parent, setPart, abort.signal);
      notify(t('fromFile.done', { name: resource.name }));
      const people = report.unknown_people;
      if (people.length > 0) {
        notify(t('fromFile.unknown', { count: people.length, names: people.slice(0, 5).join(', ') }));
      }
      onClose();
      open(resource);
    } catch (failure) {
      if (abort.signal.aborted) return;
      setError(failure);
      setReading(false);
    }
  }
  return (
    <Modal opened onClose={close} title={kind === 'folder' ? t('newFolder') : t('newBase')} size="sm">
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
          <Button variant="default" onClick={close}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim() || reading}>
            {t('common:create')}
          </Button>
        </Group>
      </form>
      {kind === 'base' && (
        <>
          <Divider my="md" label={t('fromFile.title')} />
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm" c="dimmed">
              {reading ? t('fromFile.reading') : t('fromFile.hint')}
            </Text>
            <FileButton accept=".skein" onChange={(file) => void take(file)}>
              {(props) => (
                <Button
                  {...props}
                  variant="default"
                  loading={reading}
                  style={{ flex: 'none' }}
                  leftSection={<IconPackageImport size={15} />}
                >
                  {t('fromFile.pick')}
                </Button>
              )}
            </FileButton>
          </Group>
          {reading && (
            <Progress
              mt="sm"
              value={part === null ? 100 : part * 100}
              animated
              striped={part === null}
              aria-label={t('fromFile.reading')}
            />
          )}
        </>
      )}
    </Modal>
  );
}
