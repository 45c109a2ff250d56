import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { begin } from '../../app/session';
import { api } from '../../data/client';
import { queryClient, setupQuery } from '../../data/queries';
import type { Me } from '../../data/types';
import { currentLanguage } from '../../i18n';
import { looksLikeEmail, passwordFits } from '../../ui/account-form';
import { EntryFrame } from '../../ui/EntryFrame';
import classes from '../../ui/EntryFrame.module.css';
import { FormError } from '../../ui/FormError';
import { showProblem } from '../../ui/problem';
import { browserZone, TimeZoneSelect } from '../../ui/TimeZoneSelect';

/** First start: the organisation and its owner. */
export default function SetupPage() {
  const { t } = useTranslation('auth');
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { organization: '', name: '', email: '', password: '', time_zone: browserZone() },
    validate: {
      organization: (value) => (value.trim() ? null : t('common:required')),
      name: (value) => (value.trim() ? null : t('common:required')),
      email: (value) => (looksLikeEmail(value) ? null : t('invalid.email')),
      password: (value) => (passwordFits(value) ? null : t('invalid.password')),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      const me = await api.post<Me>('/setup', { ...values, email: values.email.trim(), language: currentLanguage() });
      await begin(me);
      queryClient.removeQueries({ queryKey: setupQuery.queryKey });
      await navigate({ to: '/', replace: true });
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  return (
    <EntryFrame title={t('setup.title')} hint={t('setup.hint')}>
      <form className={classes.form} onSubmit={submit} noValidate>
        <FormError error={error} />
        <TextInput
          label={t('setup.organization')}
          placeholder={t('setup.organizationHint')}
          autoComplete="organization"
          autoFocus
          {...form.getInputProps('organization')}
        />
        <TextInput label={t('setup.name')} autoComplete="name" {...form.getInputProps('name')} />
        <TextInput label={t('signIn.email')} type="email" autoComplete="username" {...form.getInputProps('email')} />
        <PasswordInput
          label={t('signIn.password')}
          description={t('passwordHint')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <TimeZoneSelect label={t('timeZone')} {...form.getInputProps('time_zone')} />
        <Button type="submit" size="md" fullWidth loading={busy}>
          {t('setup.submit')}
        </Button>
      </form>
    </EntryFrame>
  );
}
