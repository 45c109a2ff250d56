import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../data/directory';
import { MemberSelect } from '../../ui/MemberSelect';
import { notify } from '../../ui/notify';
import type { AccessChanges } from './changes';

interface Props {
  owner: string | null;
  changes: AccessChanges;
  onClose: () => void;
}

/** Makes somebody else the owner. */
export function TransferDialog({ owner, changes, onClose }: Props) {
  const { t } = useTranslation('share');
  const [to, setTo] = useState<string | null>(null);
  const members = useMembersById();
  async function transfer() {
    if (!to) return;
    onClose();
    if (await changes.transfer(to)) notify(t('transfer.done', { name: members.get(to)?.name }));
  }
  return (
    <Modal opened onClose={onClose} title={t('transfer.title')} size="sm" centered>
      <Text size="sm" c="dimmed" mb="md">
        {t('transfer.hint')}
      </Text>
      <MemberSelect
        label={t('transfer.to')}
        value={to}
        onChange={setTo}
        among={(member) => member.active && member.role !== 'guest' && member.id !== owner}
        data-autofocus
      />
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button disabled={!to} onClick={() => void transfer()}>
          {t('transfer.submit')}
        </Button>
      </Group>
    </Modal>
  );
}
