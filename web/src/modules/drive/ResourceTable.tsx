import { Checkbox } from '@mantine/core';
import {
  type FocusEvent,
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../app/commands';
import { useMembersById } from '../../data/directory';
import type { Resource } from '../../data/types';
import type { Point } from '../../ui/ContextMenu';
import type { Action } from './actions';
import classes from './Drive.module.css';
import type { PlaceName } from './place';
import { ResourceRow } from './ResourceRow';
import { all, click, move, nothing, type Selection } from './selection';

const ActionMenu = lazy(() => import('../../ui/ActionMenu'));

interface Props {
  place: PlaceName;
  resources: readonly Resource[];
  selection: Selection;
  onSelection: (selection: Selection) => void;
  renaming: string | null;
  onRenamed: () => void;
  onOpen: (resource: Resource) => void;
  actions: (resources: readonly Resource[]) => Action[];
}

function dateOf(resource: Resource, place: PlaceName): string | null {
  if (place === 'trash') return resource.trashed;
  return place === 'recent' ? (resource.opened ?? resource.updated) : resource.updated;
}

/** A list of resources that works like a file manager: with the pointer, the keyboard and by dragging. */
export function ResourceTable({
  place,
  resources,
  selection,
  onSelection,
  renaming,
  onRenamed,
  onOpen,
  actions,
}: Props) {
  const { t } = useTranslation('drive');
  const members = useMembersById();
  const grid = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<Point | null>(null);
  const ids = resources.map((resource) => resource.id);
  const chosen = resources.filter((resource) => selection.selected.has(resource.id));
  const tabStop = selection.cursor ?? ids[0];
  const track = useFocusFollows(grid, selection.cursor, renaming);
  useArrowsIntoList(grid, tabStop);

  /** A menu is about the selection when the row is part of it, else about the row alone. */
  function openMenu(id: string, at: Point) {
    if (!selection.selected.has(id)) onSelection(click(selection, ids, id, {}));
    setMenu(at);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!(event.target as HTMLElement).hasAttribute('data-row')) return;
    const next = keySelection(event, selection, ids);
    const current = resources.find((resource) => resource.id === tabStop);
    if (next) onSelection(next);
    else if (event.key === 'Enter' && current) onOpen(current);
    else if (isMenuKey(event) && current) {
      const { left, bottom } = (event.target as HTMLElement).getBoundingClientRect();
      openMenu(current.id, { x: left + 60, y: bottom - 6 });
    } else return;
    event.preventDefault();
  }

  const dateTitle = { trash: t('column.trashed'), recent: t('column.opened') }[place as string] ?? t('column.updated');
  return (
    <>
      <div
        ref={grid}
        role="grid"
        aria-label={t(place === 'folder' ? 'title' : place === 'recent' ? 'home' : place)}
        aria-multiselectable="true"
        aria-rowcount={resources.length + 1}
        className={classes.table}
        data-selecting={chosen.length > 0 || undefined}
        onKeyDown={onKeyDown}
        {...track}
      >
        <div role="row" className={classes.header}>
          <div role="columnheader" className={classes.check}>
            <Checkbox
              size="xs"
              aria-label={t('selectAll')}
              checked={chosen.length === resources.length}
              indeterminate={chosen.length > 0 && chosen.length < resources.length}
              onChange={() => onSelection(chosen.length === resources.length ? nothing : all(selection, ids))}
            />
          </div>
          <div role="columnheader" className={classes.name}>
            {t('column.name')}
          </div>
          <div role="columnheader" className={classes.owner}>
            {t('column.owner')}
          </div>
          <div role="columnheader" className={classes.date}>
            {dateTitle}
          </div>
          <div role="columnheader" className={classes.end}>
            <span className="only-read">{t('column.actions')}</span>
          </div>
        </div>
        {resources.map((resource) => (
          <ResourceRow
            key={resource.id}
            resource={resource}
            owner={members.get(resource.owner ?? '')}
            at={dateOf(resource, place)}
            selected={selection.selected.has(resource.id)}
            current={resource.id === tabStop}
            renaming={renaming === resource.id}
            onRenamed={onRenamed}
            onSelect={(modifiers) => onSelection(click(selection, ids, resource.id, modifiers))}
            onOpen={() => onOpen(resource)}
            onMenu={(at) => openMenu(resource.id, at)}
            dragged={() => (selection.selected.has(resource.id) ? chosen : [resource])}
          />
        ))}
      </div>
      <Suspense fallback={null}>
        {menu && <ActionMenu at={menu} entries={actions(chosen)} onClose={() => setMenu(null)} />}
      </Suspense>
    </>
  );
}

const isMenuKey = (event: KeyboardEvent) => event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');

function keySelection(event: KeyboardEvent, selection: Selection, ids: readonly string[]): Selection | null {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, End: Infinity, Home: -Infinity }[event.key];
  if (step !== undefined) return move(selection, ids, step, { extend: event.shiftKey });
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') return all(selection, ids);
  if (event.key === ' ' && selection.cursor) return click(selection, ids, selection.cursor, { toggle: true });
  if (event.key === 'Escape' && selection.selected.size > 0) return { ...selection, selected: new Set() };
  return null;
}

/**
 * The focus goes with the cursor while it is in the list, and comes back after renaming and when the row that had it is
 * gone. Returns what keeps track of whether it is in the list.
 */
function useFocusFollows(grid: RefObject<HTMLDivElement | null>, cursor: string | null, renaming: string | null) {
  const wasRenaming = useRef(false);
  const inList = useRef(false);
  useEffect(() => {
    const back = wasRenaming.current && renaming === null;
    wasRenaming.current = renaming !== null;
    if (cursor === null || renaming !== null) return;
    const row = rowOf(grid.current, cursor);
    const focused = document.activeElement;
    const onRow = focused?.hasAttribute('data-row') && grid.current?.contains(focused);
    const lost = inList.current && focused === document.body;
    if (row && row !== focused && (onRow || back || lost)) {
      row.focus();
      row.scrollIntoView({ block: 'nearest' });
    }
  }, [grid, cursor, renaming]);
  return {
    onFocus: () => {
      inList.current = true;
    },
    onBlur: (event: FocusEvent) => {
      // Without a new place the row has been taken away, and the focus is still ours.
      if (event.relatedTarget) inList.current = false;
    },
  };
}

const rowOf = (grid: HTMLElement | null, id: string) =>
  grid?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null;

/** Arrows go into the list from a page where nothing has the focus. */
function useArrowsIntoList(grid: RefObject<HTMLDivElement | null>, first: string | undefined) {
  const { t } = useTranslation();
  useCommands([
    {
      id: 'drive.intoList',
      title: t('common:shortcuts.listMove'),
      group: t('common:shortcuts.list'),
      keys: ['ArrowDown', 'ArrowUp'],
      keyOnly: true,
      unlisted: true,
      when: () => document.activeElement === document.body,
      run: () => first && rowOf(grid.current, first)?.focus(),
    },
  ]);
}
