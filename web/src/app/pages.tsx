/** What a route shows while it loads, when it fails, and when there is none. */
import { Button, Loader } from '@mantine/core';
import { IconMap2 } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState, ErrorState } from '../ui/States';

export function Pending() {
  const { t } = useTranslation();
  return (
    <div style={{ display: 'grid', placeItems: 'center', height: '100%' }}>
      <Loader size="sm" type="dots" aria-label={t('loading')} />
    </div>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState isPage icon={IconMap2} title={t('notFound.title')} hint={t('notFound.hint')}>
      <Button component={Link} to="/" variant="default">
        {t('notFound.home')}
      </Button>
    </EmptyState>
  );
}

export function CenteredError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
