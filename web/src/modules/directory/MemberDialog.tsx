import { Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { acceptMember, useMe } from '../../data/me';
import { departmentsQuery, membersQuery, queryClient } from '../../data/queries';
import type { Member, MemberRole } from '../../data/types';
import { FormError } from '../../ui/FormError';
import { MemberSelect } from '../../ui/MemberSelect';
import { notify } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import { reportsBelow } from './tree';

/** An administrator changes a member. Only what was changed is sent. */
export default function MemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation('directory');
  const me = useMe().member;
  const { data: members = [] } = useQuery(membersQuery);
  const { data: departments = [] } = useQuery(departmentsQuery);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { name, title, role, supervisor } = member;
  const form = useForm({
    initialValues: { name, title, role, departments: member.departments, supervisor },
    validate: { name: (value) => (value.trim() ? null : t('common:required')) },
  });
  // Nobody reports to someone below them.
  const below = reportsBelow(members, member.id);
  const roles: MemberRole[] =
    me.role === 'owner' ? ['owner', 'admin', 'member', 'guest'] : ['admin', 'member', 'guest'];
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    try {
      const dirty = form.getDirty();
      const changed = Object.fromEntries(Object.entries(values).filter(([key]) => dirty[key as keyof typeof dirty]));
      acceptMember(await api.patch<Member>(`/members/${member.id}`, changed));
      await queryClient.invalidateQueries({ queryKey: ['directory'] });
      notify(t('edit.saved', { name: values.name }));
      onClose();
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <Modal opened onClose={onClose} title={t('edit.title', { name: member.name })}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormError error={error} />
          <TextInput label={t('edit.name')} maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t('edit.jobTitle')} maxLength={100} {...form.getInputProps('title')} />
          <MultiSelect
            label={t('edit.departments')}
            searchable
            data={departments.map((one) => ({ value: one.id, label: one.name }))}
            {...form.getInputProps('departments')}
          />
          <MemberSelect
            label={t('edit.supervisor')}
            clearable
            among={(one) => one.active && !below.has(one.id)}
            {...form.getInputProps('supervisor')}
          />
          <Select
            label={t('edit.role')}
            allowDeselect={false}
            disabled={member.id === me.id || (member.role === 'owner' && me.role !== 'owner')}
            data={[...new Set([...roles, member.role])].map((value) => ({ value, label: t(`common:role.${value}`) }))}
            {...form.getInputProps('role')}
          />
        </Stack>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            {t('common:save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
