import { ActionIcon, Button, Modal, MultiSelect, Group as Row, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useMembersById } from '../../data/directory';
import { groupsQuery, membersQuery, queryClient } from '../../data/queries';
import type { Group } from '../../data/types';
import { confirm } from '../../ui/confirm';
import { FormError } from '../../ui/FormError';
import { notifyProblem } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import { ErrorState, ListSkeleton } from '../../ui/States';
import { Tip } from '../../ui/Tip';
import classes from './Settings.module.css';

const refresh = () => queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey });

export default function Groups() {
  const { t } = useTranslation('settings');
  const groups = useQuery(groupsQuery);
  const [editing, setEditing] = useState<Group | 'new' | null>(null);
  if (groups.error) return <ErrorState error={groups.error} onRetry={() => void groups.refetch()} />;
  if (!groups.data) return <ListSkeleton rows={3} height={60} />;
  return (
    <div className={classes.section}>
      <div className={classes.top}>
        <p className={classes.hint}>{t('groups.hint')}</p>
        <Button leftSection={<IconPlus size={15} />} onClick={() => setEditing('new')} style={{ flex: 'none' }}>
          {t('groups.new')}
        </Button>
      </div>
      {groups.data.length === 0 ? (
        <div className={classes.empty}>{t('groups.empty')}</div>
      ) : (
        <ul className={classes.list}>
          {groups.data.map((group) => (
            <GroupLine key={group.id} group={group} onEdit={() => setEditing(group)} />
          ))}
        </ul>
      )}
      {editing && <EditGroup group={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

function GroupLine({ group, onEdit }: { group: Group; onEdit: () => void }) {
  const { t } = useTranslation('settings');
  const members = useMembersById();
  const names = group.members.slice(0, 4).flatMap((id) => members.get(id)?.name ?? []);
  async function remove() {
    const question = {
      title: t('groups.deleteTitle', { name: group.name }),
      body: t('groups.deleteBody'),
      action: t('common:delete'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await api.delete(`/groups/${group.id}`).catch(notifyProblem);
    await refresh();
  }
  return (
    <li className={classes.item}>
      <IconUsersGroup size={20} stroke={1.5} aria-hidden="true" />
      <div className={classes.text}>
        <strong>{group.name}</strong>
        <small className="truncate">
          {[t('groups.count', { count: group.members.length }), names.join(', ')].filter(Boolean).join(' · ')}
        </small>
      </div>
      <Tip label={t('groups.edit')}>
        <ActionIcon size={30} aria-label={t('groups.edit')} onClick={onEdit}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tip>
      <Tip label={t('common:delete')}>
        <ActionIcon size={30} aria-label={t('common:delete')} onClick={() => void remove()}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tip>
    </li>
  );
}

function EditGroup({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const { data: members = [] } = useQuery(membersQuery);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: group?.name ?? '', members: group?.members ?? [] },
    validate: { name: (value) => (value.trim() ? null : t('common:required')) },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    try {
      const body = { ...values, name: values.name.trim() };
      await (group ? api.patch(`/groups/${group.id}`, body) : api.post('/groups', body));
      await refresh();
      onClose();
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <Modal opened onClose={onClose} title={group ? t('groups.edit') : t('groups.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormError error={error} />
          <TextInput label={t('groups.name')} maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <MultiSelect
            label={t('groups.members')}
            searchable
            hidePickedOptions
            limit={60}
            data={members
              .filter((member) => member.active || form.values.members.includes(member.id))
              .map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('members')}
          />
        </Stack>
        <Row justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {group ? t('common:save') : t('common:create')}
          </Button>
        </Row>
      </form>
    </Modal>
  );
}
