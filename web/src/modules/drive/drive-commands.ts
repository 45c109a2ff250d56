/** The drive's commands: what can be created here, and what can be done with the selection. */
import { IconFolderPlus, IconTablePlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Command, useCommands } from '../../app/commands';
import type { ResourceKind } from '../../data/types';
import type { Action } from './actions';

interface Given {
  actions: Action[];
  create: ((kind: ResourceKind) => void) | null;
}

export function useDriveCommands({ actions, create }: Given): void {
  const { t } = useTranslation('drive');
  const group = t('group');
  const creation: Command[] = create
    ? [
        {
          id: 'drive.newBase',
          title: t('newBase'),
          group,
          icon: IconTablePlus,
          keys: ['c b'],
          run: () => create('base'),
        },
        {
          id: 'drive.newFolder',
          title: t('newFolder'),
          group,
          icon: IconFolderPlus,
          keys: ['c f'],
          run: () => create('folder'),
        },
      ]
    : [];
  const chosen = actions
    .filter(({ id }) => id !== 'open')
    .map(
      ({ id, title, icon, keys, run }): Command => ({
        id: `drive.${id}`,
        title,
        group,
        icon,
        ...(keys ? { keys: [keys] } : {}),
        run,
      }),
    );
  useCommands([...creation, ...chosen]);
}
