import { Alert, Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../data/client';
import { useFormat, useIsAdmin } from '../../data/me';
import { queryClient, tokensQuery } from '../../data/queries';
import type { Scope, Token } from '../../data/types';
import { CopyField } from '../../ui/CopyField';
import { confirm } from '../../ui/confirm';
import { FormError } from '../../ui/FormError';
import { notifyProblem } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import { ErrorState, ListSkeleton } from '../../ui/States';
import classes from './Settings.module.css';

const refresh = () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });

export default function Tokens() {
  const { t } = useTranslation('settings');
  const tokens = useQuery(tokensQuery);
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  if (tokens.error) return <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />;
  if (!tokens.data) return <ListSkeleton rows={3} height={60} />;
  return (
    <div className={classes.section}>
      <div className={classes.top}>
        <p className={classes.hint}>{t('tokens.hint')}</p>
        <Button leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)} style={{ flex: 'none' }}>
          {t('tokens.new')}
        </Button>
      </div>
      {secret && (
        <Alert
          color="teal"
          title={t('tokens.secretTitle')}
          withCloseButton
          closeButtonLabel={t('common:close')}
          onClose={() => setSecret(null)}
        >
          {t('tokens.secretHint')}
          <CopyField label={t('tokens.secret')} value={secret} />
        </Alert>
      )}
      {tokens.data.length === 0 ? (
        <div className={classes.empty}>{t('tokens.empty')}</div>
      ) : (
        <ul className={classes.list}>
          {tokens.data.map((token) => (
            <TokenLine key={token.id} token={token} />
          ))}
        </ul>
      )}
      {creating && <NewToken onClose={() => setCreating(false)} onMade={(made) => setSecret(made.secret ?? null)} />}
    </div>
  );
}

function TokenLine({ token }: { token: Token }) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const facts = [
    token.scopes.map((scope) => t(`tokens.scope.${scope}`)).join(', '),
    token.expires ? t('tokens.until', { date: format.date(token.expires) }) : t('tokens.never'),
    token.last_used ? t('tokens.used', { time: format.ago(token.last_used) }) : t('tokens.unused'),
  ];
  async function revoke() {
    const question = {
      title: t('tokens.revokeTitle', { name: token.name }),
      body: t('tokens.revokeBody'),
      action: t('tokens.revoke'),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await api.delete(`/me/tokens/${token.id}`).catch(notifyProblem);
    await refresh();
  }
  return (
    <li className={classes.item}>
      <IconKey size={20} stroke={1.5} aria-hidden="true" />
      <div className={classes.text}>
        <strong>{token.name}</strong>
        <small>{facts.join(' · ')}</small>
      </div>
      <Button variant="default" onClick={() => void revoke()}>
        {t('tokens.revoke')}
      </Button>
    </li>
  );
}

function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (token: Token) => void }) {
  const { t } = useTranslation('settings');
  const admin = useIsAdmin();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: '', scopes: ['read'] as Scope[], days: '90' },
    validate: {
      name: (value) => (value.trim() ? null : t('common:required')),
      scopes: (value) => (value.length > 0 ? null : t('common:required')),
    },
  });
  const submit = form.onSubmit(async ({ name, scopes, days }) => {
    setBusy(true);
    try {
      const body = { name: name.trim(), scopes, expires_in_days: days === 'never' ? null : Number(days) };
      onMade(await api.post<Token>('/me/tokens', body));
      await refresh();
      onClose();
    } catch (failure) {
      showProblem(form, failure, setError);
      setBusy(false);
    }
  });
  const scopes: Scope[] = admin ? ['read', 'write', 'admin'] : ['read', 'write'];
  return (
    <Modal opened onClose={onClose} title={t('tokens.new')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormError error={error} />
          <TextInput
            label={t('tokens.name')}
            placeholder={t('tokens.namePlaceholder')}
            maxLength={100}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Checkbox.Group label={t('tokens.scopes')} {...form.getInputProps('scopes')}>
            <Group gap="lg" mt={6}>
              {scopes.map((scope) => (
                <Checkbox key={scope} size="xs" value={scope} label={t(`tokens.scope.${scope}`)} />
              ))}
            </Group>
          </Checkbox.Group>
          <Select
            label={t('tokens.expires')}
            allowDeselect={false}
            data={[
              ...[7, 30, 90, 365].map((count) => ({ value: String(count), label: t('tokens.days', { count }) })),
              { value: 'never', label: t('tokens.never') },
            ]}
            {...form.getInputProps('days')}
          />
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
