/** What can be done with resources, once for the context menu, the toolbar and the commands. */
import {
  IconArrowBackUp,
  IconCopy,
  IconCornerUpRight,
  IconFolderSymlink,
  IconLink,
  IconPencil,
  IconStar,
  IconStarOff,
  IconTrash,
  IconTrashX,
  IconUserPlus,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { openShare } from '../../app/share';
import {
  deleteResources,
  duplicateResource,
  moveResources,
  restoreResources,
  starResources,
  trashResources,
} from '../../data/drive';
import { useMe } from '../../data/me';
import type { Resource } from '../../data/types';
import type { MenuEntry } from '../../ui/ActionMenu';
import { confirm } from '../../ui/confirm';
import { notify, notifyUndo } from '../../ui/notify';

export interface Action extends MenuEntry {
  id: 'open' | 'share' | 'rename' | 'move' | 'duplicate' | 'star' | 'link' | 'trash' | 'restore' | 'delete';
}

/** Names a single resource, and counts several: `key` + `One` or the plural of `key`. */
export function countText(
  t: TFunction<'drive'>,
  key: string,
  resources: readonly Resource[],
  more: object = {},
): string {
  const [first] = resources;
  return resources.length === 1
    ? t(`${key}One`, { ...more, name: first?.name })
    : t(key, { ...more, count: resources.length });
}

/** Hints only, so that nothing is offered that the server will refuse. */
export const mayEdit = ({ role }: Resource) => role === 'edit' || role === 'manage';
export const mayManage = ({ role }: Resource) => role === 'manage';

export function useOpen(): (resource: Resource) => void {
  const navigate = useNavigate();
  return ({ id, kind }) =>
    void (kind === 'folder'
      ? navigate({ to: '/drive/folder/$folder', params: { folder: id } })
      : navigate({ to: '/base/$base/{-$table}/{-$view}', params: { base: id } }));
}

/** Where a resource is opened, as a path. */
export const pathOf = ({ id, kind }: Resource) => (kind === 'folder' ? `/drive/folder/${id}` : `/base/${id}`);

/** Moves, and offers the way back. */
export function useMove() {
  const { t } = useTranslation('drive');
  return async (resources: readonly Resource[], parent: string | null, place: string) => {
    if (!(await moveResources(resources, () => parent))) return;
    const message = countText(t, 'done.move', resources, { place });
    notifyUndo(message, () => void moveResources(resources, (resource) => resource.parent));
  };
}

export function useTrash() {
  const { t } = useTranslation('drive');
  return async (resources: readonly Resource[]) => {
    if (!(await trashResources(resources))) return;
    const message = countText(t, 'done.trash', resources);
    notifyUndo(message, () => void restoreResources(resources));
  };
}

export function useDeleteForGood() {
  const { t } = useTranslation('drive');
  return async (resources: readonly Resource[]) => {
    const yes = await confirm({
      title: countText(t, 'deleteTitle', resources),
      body: t('deleteBody'),
      action: t('deleteForGood'),
      danger: true,
    });
    if (yes && (await deleteResources(resources))) {
      notify(countText(t, 'done.delete', resources));
    }
  };
}

export interface Dialogs {
  rename: (resource: Resource) => void;
  move: (resources: readonly Resource[]) => void;
}

/** The rest is about what is one's own. */
const forVisitors: ReadonlySet<Action['id']> = new Set(['open', 'rename', 'link']);

/** What can be done with these, in the order of the menu. */
export function useActions({ rename, move }: Dialogs): (resources: readonly Resource[]) => Action[] {
  const { t } = useTranslation('drive');
  const open = useOpen();
  const trash = useTrash();
  const deleteForGood = useDeleteForGood();
  const visitor = useMe().link !== null;

  return (resources) => {
    const [first] = resources;
    if (!first) return [];
    if (resources.some((resource) => resource.trashed)) {
      const restore = async () => {
        if (await restoreResources(resources)) notify(countText(t, 'done.restore', resources));
      };
      return [
        { id: 'restore', title: t('restore'), icon: IconArrowBackUp, run: () => void restore() },
        {
          id: 'delete',
          title: t('deleteForGood'),
          icon: IconTrashX,
          keys: 'Delete',
          danger: true,
          run: () => void deleteForGood(resources),
        },
      ];
    }
    const single = resources.length === 1;
    const managed = resources.every(mayManage);
    const starred = resources.every((resource) => resource.starred);
    const copyLink = async () => {
      await navigator.clipboard.writeText(location.origin + pathOf(first));
      notify(t('linkCopied'));
    };
    const duplicate = async () => {
      const made = await duplicateResource(first);
      if (made) notify(t('done.duplicate', { name: made.name }));
    };
    const all: (Action | false)[] = [
      single && { id: 'open', title: t('open'), icon: IconCornerUpRight, keys: 'Enter', run: () => open(first) },
      single && { id: 'share', title: t('share'), icon: IconUserPlus, keys: 's', run: () => openShare(first) },
      single && managed && { id: 'rename', title: t('rename'), icon: IconPencil, keys: 'F2', run: () => rename(first) },
      managed && { id: 'move', title: t('move'), icon: IconFolderSymlink, keys: 'm', run: () => move(resources) },
      single && { id: 'duplicate', title: t('duplicate'), icon: IconCopy, keys: 'd', run: () => void duplicate() },
      {
        id: 'star',
        title: starred ? t('unstar') : t('star'),
        icon: starred ? IconStarOff : IconStar,
        keys: 'f',
        run: () => void starResources(resources, !starred),
      },
      single && { id: 'link', title: t('copyLink'), icon: IconLink, run: () => void copyLink() },
      managed && {
        id: 'trash',
        title: t('toTrash'),
        icon: IconTrash,
        keys: 'Delete',
        danger: true,
        run: () => void trash(resources),
      },
    ];
    return all.filter((action) => action !== false).filter(({ id }) => !visitor || forVisitors.has(id));
  };
}
