import { Button } from '@mantine/core';
import { type Icon, IconClock, IconFolder, IconFolderOpen, IconStar, IconTrash, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ResourceKind } from '../../data/types';
import { EmptyState } from '../../ui/States';
import type { PlaceName } from './place';

const icons: Record<PlaceName, Icon> = {
  recent: IconClock,
  mine: IconFolder,
  shared: IconUsers,
  starred: IconStar,
  trash: IconTrash,
  folder: IconFolderOpen,
};

interface Props {
  place: PlaceName;
  onCreate: ((kind: ResourceKind) => void) | null;
}

/** What a place says when there is nothing in it. */
export function EmptyPlace({ place, onCreate }: Props) {
  const { t } = useTranslation('drive');
  const creates = onCreate && ['recent', 'mine', 'folder'].includes(place);
  return (
    <EmptyState icon={icons[place]} title={t(`empty.${place}`)} hint={t(`empty.${place}Hint`)}>
      {place === 'recent' && (
        <Button component={Link} to="/drive/shared">
          {t('lookAtShared')}
        </Button>
      )}
      {creates && (
        <>
          <Button variant={place === 'recent' ? 'default' : 'filled'} onClick={() => onCreate('base')}>
            {t('newBase')}
          </Button>
          <Button variant="default" onClick={() => onCreate('folder')}>
            {t('newFolder')}
          </Button>
        </>
      )}
    </EmptyState>
  );
}
