import { Button, PasswordInput, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../data/me';
import type { Link } from '../../data/types';
import { CopyField } from '../../ui/CopyField';
import { confirm } from '../../ui/confirm';
import type { AccessChanges } from './changes';
import { expiryIn, linkRoles } from './entries';
import { RoleSelect } from './RoleSelect';
import classes from './Share.module.css';

interface Props {
  link: Link | null;
  manage: boolean;
  changes: AccessChanges;
}

const absolute = (url: string) => new URL(url, location.origin).href;

/** Access for anyone who has the link. */
export function LinkSection({ link, manage, changes }: Props) {
  const { t } = useTranslation('share');
  async function toggle(on: boolean) {
    const question = { title: t('link.offTitle'), body: t('link.offBody'), action: t('link.off'), danger: true };
    if (on) await changes.setLink({ role: 'view' });
    else if (await confirm(question)) await changes.removeLink();
  }
  return (
    <section className={classes.link} aria-label={t('link.title')}>
      <Switch
        label={t('link.on')}
        description={link ? t('link.onHint') : t('link.offHint')}
        checked={link !== null}
        disabled={!manage}
        onChange={(event) => void toggle(event.currentTarget.checked)}
      />
      {link && (
        <>
          <CopyField label={t('link.url')} value={absolute(link.url)} />
          {manage && <LinkOptions link={link} changes={changes} />}
        </>
      )}
    </section>
  );
}

const spans = [1, 7, 30, 90];

function LinkOptions({ link, changes }: { link: Link; changes: AccessChanges }) {
  const { t } = useTranslation('share');
  const format = useFormat();
  const current = link.expires
    ? [{ value: 'now', label: t('link.until', { date: format.dateTime(link.expires) }) }]
    : [];
  return (
    <>
      <div className={classes.linkOptions}>
        <RoleSelect
          label={t('link.role')}
          value={link.role}
          among={linkRoles}
          onChange={(role) => void changes.setLink({ role })}
        />
        <Select
          aria-label={t('link.expires')}
          allowDeselect={false}
          value={link.expires ? 'now' : 'never'}
          data={[
            { value: 'never', label: t('link.never') },
            ...current,
            ...spans.map((count) => ({ value: String(count), label: t('link.days', { count }) })),
          ]}
          onChange={(value) => {
            if (!value || value === 'now') return;
            const expires = expiryIn(value === 'never' ? null : Number(value), Date.now());
            void changes.setLink({ role: link.role, expires });
          }}
        />
      </div>
      <LinkPassword link={link} changes={changes} />
    </>
  );
}

function LinkPassword({ link, changes }: { link: Link; changes: AccessChanges }) {
  const { t } = useTranslation('share');
  const [password, setPassword] = useState('');
  if (link.password) {
    return (
      <div className={classes.passwordSet}>
        <span>{t('link.passwordSet')}</span>
        <Button variant="default" onClick={() => void changes.setLink({ role: link.role, password: null })}>
          {t('link.removePassword')}
        </Button>
      </div>
    );
  }
  return (
    <form
      className={classes.linkOptions}
      onSubmit={async (event) => {
        event.preventDefault();
        if (password && (await changes.setLink({ role: link.role, password }))) setPassword('');
      }}
    >
      <PasswordInput
        aria-label={t('link.password')}
        placeholder={t('link.password')}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" variant="default" disabled={!password}>
        {t('link.setPassword')}
      </Button>
    </form>
  );
}
