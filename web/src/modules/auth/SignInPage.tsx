import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { begin, safeNext } from '../../app/session';
import { api, ProblemError } from '../../data/client';
import type { Me } from '../../data/types';
import { EntryFrame } from '../../ui/EntryFrame';
import classes from '../../ui/EntryFrame.module.css';
import { FormError } from '../../ui/FormError';
import { useCountdown } from './useCountdown';

export default function SignInPage() {
  const { t } = useTranslation('auth');
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() ? null : t('common:required')),
      password: (value) => (value ? null : t('common:required')),
    },
  });

  const submit = form.onSubmit(async ({ email, password }) => {
    setBusy(true);
    setError(null);
    try {
      await begin(await api.post<Me>('/auth/sign-in', { email: email.trim(), password }));
      await navigate({ href: safeNext(next), replace: true });
    } catch (failure) {
      setError(failure);
      if (failure instanceof ProblemError && failure.retry_after) wait.start(failure.retry_after);
      setBusy(false);
    }
  });

  const throttled = wait.left > 0;
  return (
    <EntryFrame title={t('signIn.title')} hint={t('signIn.hint')}>
      <form className={classes.form} onSubmit={submit} noValidate>
        <FormError error={throttled || !(error instanceof ProblemError && error.status === 429) ? error : null} />
        <TextInput
          label={t('signIn.email')}
          type="email"
          autoComplete="username"
          autoFocus
          size="md"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          size="md"
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" fullWidth loading={busy} disabled={throttled}>
          {throttled ? t('signIn.wait', { seconds: wait.left }) : t('signIn.submit')}
        </Button>
      </form>
      <p className={classes.foot}>{t('signIn.forgot')}</p>
    </EntryFrame>
  );
}
