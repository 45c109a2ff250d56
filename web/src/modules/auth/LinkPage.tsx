import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconUnlink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Pending } from '../../app/pages';
import { api, ProblemError } from '../../data/client';
import { queryClient } from '../../data/queries';
import type { ResourceKind, Role } from '../../data/types';
import { EntryFrame } from '../../ui/EntryFrame';
import classes from '../../ui/EntryFrame.module.css';
import { FormError } from '../../ui/FormError';
import { EmptyState, ErrorState } from '../../ui/States';

interface LinkInfo {
  needs_password: boolean;
  name?: string;
  kind?: ResourceKind;
}

/** Opens the link, which sets the visitor's cookie, and goes to what it shares. */
function useOpenLink(token: string) {
  const navigate = useNavigate();
  return async (password?: string) => {
    const body = password === undefined ? {} : { password };
    const { resource } = await api.post<{ resource: string; role: Role }>(
      `/links/${encodeURIComponent(token)}/open`,
      body,
    );
    queryClient.clear();
    await navigate({ to: '/open/$resource', params: { resource }, replace: true });
  };
}

/** Where a shared link leads. */
export default function LinkPage() {
  const { t } = useTranslation('auth');
  const { token } = useParams({ from: '/s/$token' });
  const open = useOpenLink(token);
  const info = useQuery({
    queryKey: ['link', token],
    queryFn: () => api.get<LinkInfo>(`/links/${encodeURIComponent(token)}`),
    staleTime: 0,
  });
  const [failure, setFailure] = useState<unknown>(null);
  const free = info.data?.needs_password === false;
  const opened = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is opened once
  useEffect(() => {
    if (!free || opened.current) return;
    opened.current = true;
    open().catch(setFailure);
  }, [free]);

  const error = info.error ?? failure;
  if (error instanceof ProblemError && error.status > 0 && error.status !== 429) {
    return <EmptyState isPage icon={IconUnlink} title={t('link.invalid')} hint={t('link.invalidHint')} />;
  }
  if (error) return <ErrorState error={error} onRetry={() => location.reload()} />;
  if (!info.data || free) return <Pending />;
  return (
    <EntryFrame title={info.data.name ?? t('link.title')} hint={t('link.password')}>
      <PasswordForm open={open} />
    </EntryFrame>
  );
}

function PasswordForm({ open }: { open: (password: string) => Promise<void> }) {
  const { t } = useTranslation('auth');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value ? null : t('common:required')) },
  });
  const submit = form.onSubmit(async ({ password }) => {
    setBusy(true);
    setError(null);
    await open(password).catch(setError);
    setBusy(false);
  });
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <FormError error={error} />
      <PasswordInput
        label={t('signIn.password')}
        autoComplete="off"
        autoFocus
        size="md"
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t('link.open')}
      </Button>
    </form>
  );
}
