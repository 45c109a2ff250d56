import { ActionIcon, Button } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTablePlus, IconTrashX, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../data/me';
import { resourceQuery, resourcesQuery } from '../../data/queries';
import type { Resource, ResourceKind } from '../../data/types';
import type { Point } from '../../ui/ContextMenu';
import { PageBody, PageHead, Split, usePageTitle } from '../../ui/Page';
import { ErrorState, ListSkeleton } from '../../ui/States';
import { Tip } from '../../ui/Tip';
import { type Action, mayEdit, useActions, useDeleteForGood, useOpen } from './actions';
import { Breadcrumbs } from './Breadcrumbs';
import classes from './Drive.module.css';
import { DriveSide } from './DriveSide';
import { useDriveCommands } from './drive-commands';
import { EmptyPlace } from './EmptyPlace';
import { type Place, usePlace } from './place';
import { ResourceTable } from './ResourceTable';
import { keep, nothing, type Selection } from './selection';

const ActionMenu = lazy(() => import('../../ui/ActionMenu'));
const MoveDialog = lazy(() => import('./MoveDialog'));
const CreateDialog = lazy(() => import('./CreateDialog'));

/** The drive: one of its places, or a folder. */
export default function DrivePage() {
  const place = usePlace();
  const visitor = useMe().link !== null;
  const content = <PlaceContent key={JSON.stringify(place.listing)} place={place} />;
  return visitor ? content : <Split list={<DriveSide />}>{content}</Split>;
}

function useSelection(resources: readonly Resource[]) {
  const [selection, setSelection] = useState<Selection>(nothing);
  const before = useRef<readonly string[]>([]);
  const ids = resources.map((resource) => resource.id);
  const signature = ids.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the ids
  useEffect(() => {
    const previous = before.current;
    before.current = ids;
    setSelection((state) => keep(state, previous, ids));
  }, [signature]);
  return [selection, setSelection] as const;
}

function PlaceContent({ place }: { place: Place }) {
  const { t } = useTranslation('drive');
  const list = useQuery(resourcesQuery(place.listing));
  const folder = useQuery({ ...resourceQuery(place.parent ?? ''), enabled: place.parent !== null });
  const resources = list.data ?? [];
  const [selection, setSelection] = useSelection(resources);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [moving, setMoving] = useState<readonly Resource[]>([]);
  const [creating, setCreating] = useState<ResourceKind | null>(null);
  const open = useOpen();
  const actions = useActions({ rename: ({ id }) => setRenaming(id), move: setMoving });
  const chosen = resources.filter((resource) => selection.selected.has(resource.id));
  const chosenActions = actions(chosen);
  const title =
    place.name === 'recent' ? t('home') : place.name === 'folder' ? (folder.data?.name ?? '') : t(place.name);
  usePageTitle(title || t('title'));

  const mayCreate = useMayCreate(place, folder.data);
  useDriveCommands({ actions: chosenActions, create: mayCreate ? setCreating : null });

  const error = list.error ?? folder.error;
  const retry = () => {
    void list.refetch();
    if (place.parent) void folder.refetch();
  };
  return (
    <>
      <PageHead title={place.name === 'folder' ? folder.data ? <Breadcrumbs resource={folder.data} /> : ' ' : title}>
        {chosen.length > 0 ? (
          <SelectionBar count={chosen.length} actions={chosenActions} onClear={() => setSelection(nothing)} />
        ) : (
          <PlaceActions place={place} resources={resources} onCreate={mayCreate ? setCreating : null} />
        )}
      </PageHead>
      <PageBody>
        {place.name === 'trash' && resources.length > 0 && <p className={classes.note}>{t('trashNote')}</p>}
        {error ? (
          <ErrorState error={error} onRetry={retry} />
        ) : list.isPending ? (
          <ListSkeleton height={44} />
        ) : resources.length === 0 ? (
          <EmptyPlace place={place.name} onCreate={mayCreate ? setCreating : null} />
        ) : (
          <ResourceTable
            place={place.name}
            resources={resources}
            selection={selection}
            onSelection={setSelection}
            renaming={renaming}
            onRenamed={() => setRenaming(null)}
            onOpen={(resource) => !resource.trashed && open(resource)}
            actions={actions}
          />
        )}
      </PageBody>
      <Suspense fallback={null}>
        {moving.length > 0 && <MoveDialog resources={moving} onClose={() => setMoving([])} />}
        {creating && (
          <CreateDialog
            kind={creating}
            parent={place.parent}
            opens={!['mine', 'folder'].includes(place.name)}
            onClose={() => setCreating(null)}
          />
        )}
      </Suspense>
    </>
  );
}

/** Guests have no drive of their own; in the trash nothing begins. */
function useMayCreate(place: Place, folder: Resource | undefined): boolean {
  const { role } = useMe().member;
  if (place.name === 'trash') return false;
  return place.parent === null ? role !== 'guest' : folder !== undefined && mayEdit(folder);
}

function SelectionBar({ count, actions, onClear }: { count: number; actions: Action[]; onClear: () => void }) {
  const { t } = useTranslation('drive');
  return (
    <>
      <span className={classes.count} role="status">
        {t('selected', { count })}
      </span>
      {actions
        .filter(({ id }) => !['open', 'link'].includes(id))
        .map((action) => (
          <Tip key={action.id} label={action.title}>
            <ActionIcon size={30} aria-label={action.title} color={action.danger ? 'red' : 'gray'} onClick={action.run}>
              <action.icon size={17} stroke={1.7} />
            </ActionIcon>
          </Tip>
        ))}
      <Tip label={t('clearSelection')}>
        <ActionIcon size={30} aria-label={t('clearSelection')} onClick={onClear}>
          <IconX size={17} />
        </ActionIcon>
      </Tip>
    </>
  );
}

/** Of the menu, in pixels. */
const menuWidth = 220;

interface PlaceActionsProps {
  place: Place;
  resources: readonly Resource[];
  onCreate: ((kind: ResourceKind) => void) | null;
}

function PlaceActions({ place, resources, onCreate }: PlaceActionsProps) {
  const { t } = useTranslation('drive');
  const deleteForGood = useDeleteForGood();
  const [menu, setMenu] = useState<Point | null>(null);
  if (place.name === 'trash' && resources.length > 0) {
    return (
      <Button
        variant="default"
        leftSection={<IconTrashX size={15} />}
        onClick={() => void deleteForGood(resources.filter((resource) => resource.role === 'manage'))}
      >
        {t('emptyTrash')}
      </Button>
    );
  }
  if (!onCreate) return null;
  return (
    <>
      <Button
        leftSection={<IconPlus size={15} />}
        aria-haspopup="menu"
        aria-expanded={menu !== null}
        onClick={(event) => {
          const { right, bottom } = event.currentTarget.getBoundingClientRect();
          setMenu({ x: right - menuWidth, y: bottom });
        }}
      >
        {t('new')}
      </Button>
      <Suspense fallback={null}>
        {menu && (
          <ActionMenu
            at={menu}
            onClose={() => setMenu(null)}
            entries={[
              { id: 'base', title: t('newBase'), icon: IconTablePlus, keys: 'c b', run: () => onCreate('base') },
              { id: 'folder', title: t('newFolder'), icon: IconFolderPlus, keys: 'c f', run: () => onCreate('folder') },
            ]}
          />
        )}
      </Suspense>
    </>
  );
}
