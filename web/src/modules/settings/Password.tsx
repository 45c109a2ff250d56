import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useMe } from '../../data/me';
import { passwordFits } from '../../ui/account-form';
import { FormError } from '../../ui/FormError';
import { notify } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import classes from './Settings.module.css';

export default function Password() {
  const { t } = useTranslation('settings');
  const { member } = useMe();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { current: '', new: '', repeat: '' },
    validate: {
      current: (value) => (value ? null : t('common:required')),
      new: (value) => (passwordFits(value) ? null : t('password.short')),
      repeat: (value, values) => (value === values.new ? null : t('password.differ')),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    setError(null);
    try {
      await api.post('/me/password', { current: values.current, new: values.new });
      form.reset();
      notify(t('password.done'));
    } catch (failure) {
      showProblem(form, failure, setError);
    }
    setBusy(false);
  });
  return (
    <div className={classes.section}>
      <p className={classes.hint}>{t('password.hint')}</p>
      <form className={classes.form} onSubmit={submit} noValidate>
        <FormError error={error} />
        <input type="text" name="username" autoComplete="username" value={member.email ?? ''} readOnly hidden />
        <PasswordInput
          label={t('password.current')}
          autoComplete="current-password"
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={t('password.new')}
          description={t('password.newHint')}
          autoComplete="new-password"
          {...form.getInputProps('new')}
        />
        <PasswordInput label={t('password.repeat')} autoComplete="new-password" {...form.getInputProps('repeat')} />
        <div className={classes.buttons}>
          <Button type="submit" size="sm" loading={busy}>
            {t('password.submit')}
          </Button>
        </div>
      </form>
    </div>
  );
}
