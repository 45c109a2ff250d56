import { Modal, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { accessQuery, resourceQuery } from '../../data/queries';
import { confirm } from '../../ui/confirm';
import { ErrorState, ListSkeleton } from '../../ui/States';
import { useOverlays } from '../overlays';
import { AccessList } from './AccessList';
import { AddAccess } from './AddAccess';
import { CheckAccess } from './CheckAccess';
import { type AccessChanges, accessChanges } from './changes';
import { LinkSection } from './LinkSection';
import classes from './Share.module.css';

/** Who can do what with a resource, and why. */
export default function ShareDialog() {
  const { t } = useTranslation('share');
  const { share } = useOverlays();
  // While the dialog closes it goes on showing what it was about.
  const last = useRef(share);
  if (share) last.current = share;
  const shown = share ?? last.current;
  return (
    <Modal
      opened={share !== null}
      onClose={() => useOverlays.setState({ share: null })}
      title={t('title', { name: shown?.name })}
      size={580}
    >
      {shown && <ShareBody key={shown.id} id={shown.id} />}
    </Modal>
  );
}

function ShareBody({ id }: { id: string }) {
  const { t } = useTranslation('share');
  const access = useQuery({ ...accessQuery(id), staleTime: 0 });
  const resource = useQuery(resourceQuery(id));
  const changes = accessChanges(id);
  const error = access.error ?? resource.error;
  if (error) return <ErrorState error={error} onRetry={() => void access.refetch().then(() => resource.refetch())} />;
  if (!access.data || !resource.data) return <ListSkeleton rows={4} />;
  const manage = resource.data.role === 'manage';
  return (
    <div className={classes.body} data-autofocus data-quiet-focus tabIndex={-1}>
      {manage ? <AddAccess access={access.data} changes={changes} /> : <Text c="dimmed">{t('readOnly')}</Text>}
      <AccessList access={access.data} manage={manage} changes={changes} />
      {resource.data.parent !== null && <Inherit inherits={access.data.inherits} manage={manage} changes={changes} />}
      <CheckAccess id={id} />
      {(manage || access.data.link) && <LinkSection link={access.data.link} manage={manage} changes={changes} />}
    </div>
  );
}

function Inherit({ inherits, manage, changes }: { inherits: boolean; manage: boolean; changes: AccessChanges }) {
  const { t } = useTranslation('share');
  async function change(on: boolean) {
    const question = { title: t('inherit.stopTitle'), body: t('inherit.stopBody'), action: t('inherit.stop') };
    if (on || (await confirm(question))) await changes.setInherits(on);
  }
  return (
    <Switch
      label={t('inherit.label')}
      description={t('inherit.hint')}
      checked={inherits}
      disabled={!manage}
      onChange={(event) => void change(event.currentTarget.checked)}
    />
  );
}
