import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUnlink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Pending } from '../../app/pages';
import { begin } from '../../app/session';
import { api, ProblemError } from '../../data/client';
import type { Me } from '../../data/types';
import { currentLanguage } from '../../i18n';
import { looksLikeEmail, passwordFits } from '../../ui/account-form';
import { EntryFrame } from '../../ui/EntryFrame';
import classes from '../../ui/EntryFrame.module.css';
import { FormError } from '../../ui/FormError';
import { showProblem } from '../../ui/problem';
import { EmptyState, ErrorState } from '../../ui/States';
import { browserZone, TimeZoneSelect } from '../../ui/TimeZoneSelect';

interface Invitation {
  organization: string;
  role: string;
  /** A name. */
  invited_by: string;
}

/** Where an invitation leads: the newcomer makes an account. */
export default function JoinPage() {
  const { t } = useTranslation('auth');
  const { token } = useParams({ from: '/join/$token' });
  const invitation = useQuery({
    queryKey: ['join', token],
    queryFn: () => api.get<Invitation>(`/join/${encodeURIComponent(token)}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (invitation.isPending) return <Pending />;
  if (invitation.isError) {
    const refused = invitation.error instanceof ProblemError && invitation.error.status > 0;
    return refused ? (
      <EmptyState isPage icon={IconUnlink} title={t('join.invalid')} hint={t('join.invalidHint')} />
    ) : (
      <ErrorState error={invitation.error} onRetry={() => void invitation.refetch()} />
    );
  }
  const { organization, invited_by: name } = invitation.data;
  return (
    <EntryFrame title={t('join.title', { organization })} hint={t('join.by', { name })}>
      <JoinForm token={token} />
    </EntryFrame>
  );
}

function JoinForm({ token }: { token: string }) {
  const { t } = useTranslation('auth');
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: '', email: '', password: '', time_zone: browserZone() },
    validate: {
      name: (value) => (value.trim() ? null : t('common:required')),
      email: (value) => (looksLikeEmail(value) ? null : t('invalid.email')),
      password: (value) => (passwordFits(value) ? null : t('invalid.password')),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      const body = { ...values, email: values.email.trim(), language: currentLanguage() };
      await begin(await api.post<Me>(`/join/${encodeURIComponent(token)}`, body));
      await navigate({ to: '/', replace: true });
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <FormError error={error} />
      <TextInput label={t('setup.name')} autoComplete="name" autoFocus {...form.getInputProps('name')} />
      <TextInput label={t('signIn.email')} type="email" autoComplete="username" {...form.getInputProps('email')} />
      <PasswordInput
        label={t('signIn.password')}
        description={t('passwordHint')}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      <TimeZoneSelect label={t('timeZone')} {...form.getInputProps('time_zone')} />
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t('join.submit')}
      </Button>
    </form>
  );
}
