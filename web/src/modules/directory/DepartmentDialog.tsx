import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { departmentsQuery, queryClient } from '../../data/queries';
import { FormError } from '../../ui/FormError';
import { MemberSelect } from '../../ui/MemberSelect';
import { showProblem } from '../../ui/problem';
import type { Editing } from './Departments';
import { subtree } from './tree';

/** Makes a department, or changes its name, place and lead. */
export default function DepartmentDialog({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const { t } = useTranslation('directory');
  const { data: departments = [] } = useQuery(departmentsQuery);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const department = 'department' in editing ? editing.department : null;
  const form = useForm({
    initialValues: {
      name: department?.name ?? '',
      parent: department ? department.parent : 'parent' in editing ? editing.parent : null,
      lead: department?.lead ?? null,
    },
    validate: { name: (value) => (value.trim() ? null : t('common:required')) },
  });
  // A department cannot be below itself.
  const below = department ? subtree(departments, department.id) : new Set<string>();
  const submit = form.onSubmit(async ({ name, parent, lead }) => {
    setBusy(true);
    try {
      const body = { name: name.trim(), parent };
      await (department
        ? api.patch(`/departments/${department.id}`, { ...body, lead })
        : api.post('/departments', body));
      await queryClient.invalidateQueries({ queryKey: ['directory'] });
      onClose();
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <Modal opened onClose={onClose} size="sm" title={department ? t('department.edit') : t('department.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormError error={error} />
          <TextInput label={t('department.name')} maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <Select
            label={t('department.parent')}
            placeholder={t('department.top')}
            clearable
            searchable
            data={departments.filter(({ id }) => !below.has(id)).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('parent')}
          />
          {department && <MemberSelect label={t('department.lead')} clearable {...form.getInputProps('lead')} />}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {department ? t('common:save') : t('common:create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
