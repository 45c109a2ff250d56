import { Alert, Button, Group, Modal, NumberInput, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useMembersById } from '../../data/directory';
import { useFormat } from '../../data/me';
import { departmentsQuery, invitationsQuery, queryClient } from '../../data/queries';
import type { Invitation } from '../../data/types';
import { CopyField } from '../../ui/CopyField';
import { confirm } from '../../ui/confirm';
import { FormError } from '../../ui/FormError';
import { notifyProblem } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import { ErrorState, ListSkeleton } from '../../ui/States';
import classes from './Settings.module.css';

const refresh = () => queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });

export default function Invitations() {
  const { t } = useTranslation('settings');
  const invitations = useQuery(invitationsQuery);
  const [creating, setCreating] = useState(false);
  const [url, setUrl] = useState<string | null>(null);
  if (invitations.error) return <ErrorState error={invitations.error} onRetry={() => void invitations.refetch()} />;
  if (!invitations.data) return <ListSkeleton rows={3} height={60} />;
  return (
    <div className={classes.section}>
      <div className={classes.top}>
        <p className={classes.hint}>{t('invitations.hint')}</p>
        <Button leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)} style={{ flex: 'none' }}>
          {t('invitations.new')}
        </Button>
      </div>
      {url && (
        <Alert
          color="teal"
          title={t('invitations.ready')}
          withCloseButton
          closeButtonLabel={t('common:close')}
          onClose={() => setUrl(null)}
        >
          {t('invitations.readyHint')}
          <CopyField label={t('invitations.url')} value={new URL(url, location.origin).href} />
        </Alert>
      )}
      {invitations.data.length === 0 ? (
        <div className={classes.empty}>{t('invitations.empty')}</div>
      ) : (
        <ul className={classes.list}>
          {invitations.data.map((invitation) => (
            <InvitationLine key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
      {creating && <NewInvitation onClose={() => setCreating(false)} onMade={(made) => setUrl(made.url ?? null)} />}
    </div>
  );
}

function InvitationLine({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const by = useMembersById().get(invitation.created_by)?.name;
  const facts = [
    t('invitations.used', { uses: invitation.uses, max: invitation.max_uses }),
    t('invitations.until', { date: format.date(invitation.expires) }),
    by && t('invitations.by', { name: by }),
  ];
  async function revoke() {
    const question = {
      title: t('invitations.revokeTitle'),
      body: t('invitations.revokeBody'),
      action: t('invitations.revoke'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await api.delete(`/invitations/${invitation.id}`).catch(notifyProblem);
    await refresh();
  }
  return (
    <li className={classes.item}>
      <IconMail size={20} stroke={1.5} aria-hidden="true" />
      <div className={classes.text}>
        <strong>{t(`common:role.${invitation.role}`)}</strong>
        <small>{facts.filter(Boolean).join(' · ')}</small>
      </div>
      <Button variant="default" onClick={() => void revoke()}>
        {t('invitations.revoke')}
      </Button>
    </li>
  );
}

function NewInvitation({ onClose, onMade }: { onClose: () => void; onMade: (made: Invitation) => void }) {
  const { t } = useTranslation('settings');
  const { data: departments = [] } = useQuery(departmentsQuery);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { role: 'member', department: null as string | null, days: '7', max_uses: 1 as number | string },
  });
  const submit = form.onSubmit(async ({ role, department, days, max_uses }) => {
    setBusy(true);
    try {
      const body = {
        role,
        ...(department ? { department } : {}),
        expires_in_days: Number(days),
        max_uses: Number(max_uses),
      };
      onMade(await api.post<Invitation>('/invitations', body));
      await refresh();
      onClose();
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <Modal opened onClose={onClose} title={t('invitations.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormError error={error} />
          <Select
            label={t('invitations.role')}
            allowDeselect={false}
            data={['member', 'guest', 'admin'].map((value) => ({ value, label: t(`common:role.${value}`) }))}
            {...form.getInputProps('role')}
          />
          <Select
            label={t('invitations.department')}
            placeholder={t('invitations.noDepartment')}
            clearable
            searchable
            data={departments.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('department')}
          />
          <Group grow>
            <Select
              label={t('invitations.expires')}
              allowDeselect={false}
              data={[1, 7, 14, 30].map((count) => ({ value: String(count), label: t('tokens.days', { count }) }))}
              {...form.getInputProps('days')}
            />
            <NumberInput label={t('invitations.uses')} min={1} max={1000} {...form.getInputProps('max_uses')} />
          </Group>
        </Stack>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('common:create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
