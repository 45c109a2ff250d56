import { ActionIcon, Checkbox } from '@mantine/core';
import { IconDots, IconStar, IconStarFilled, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type MouseEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { renameResource, starResources } from '../../data/drive';
import { useFormat, useMe } from '../../data/me';
import type { Member, Resource } from '../../data/types';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { ResourceIcon } from '../../ui/ResourceIcon';
import { Tip } from '../../ui/Tip';
import { mayEdit, mayManage, useMove } from './actions';
import classes from './Drive.module.css';
import { endDrag, startDrag, useDrop } from './drag';
import type { Modifiers } from './selection';

interface Props {
  resource: Resource;
  owner: Member | undefined;
  /** The instant of the date column. */
  at: string | null;
  selected: boolean;
  /** Whether this row is the tab stop of the list. */
  current: boolean;
  renaming: boolean;
  onSelect: (modifiers: Modifiers) => void;
  onOpen: () => void;
  onMenu: (at: { x: number; y: number }) => void;
  onRenamed: () => void;
  /** What is dragged when this row is. */
  dragged: () => readonly Resource[];
}

export function ResourceRow(props: Props) {
  const { resource, owner, at, selected, current } = props;
  const { t } = useTranslation('drive');
  const format = useFormat();
  const { member: me, link } = useMe();
  const move = useMove();
  const drop = useDrop(
    (resources) => resource.kind === 'folder' && !resource.trashed && mayEdit(resource) && canTake(resource, resources),
    (resources) => void move(resources, resource.id, resource.name),
  );

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the grid around it
    <div
      role="row"
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-row={resource.id}
      data-dropping={drop.over || undefined}
      className={classes.row}
      draggable={!props.renaming && !resource.trashed && mayManage(resource)}
      onDragStart={(event) => startDrag(event, props.dragged())}
      onDragEnd={endDrag}
      onClick={(event) => props.onSelect(modifiersOf(event))}
      onDoubleClick={props.onOpen}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu({ x: event.clientX, y: event.clientY });
      }}
      {...drop.props}
    >
      <div role="gridcell" className={classes.check}>
        <Checkbox
          size="xs"
          tabIndex={-1}
          checked={selected}
          onChange={() => props.onSelect({ toggle: true })}
          onClick={(event) => event.stopPropagation()}
          aria-label={t('select', { name: resource.name })}
        />
      </div>
      <div role="gridcell" className={classes.name}>
        <ResourceIcon kind={resource.kind} size={22} />
        <NameCell {...props} />
      </div>
      <div role="gridcell" className={classes.owner}>
        {owner && (
          <>
            <MemberAvatar id={owner.id} name={owner.name} avatar={owner.avatar} size={22} />
            <span className="truncate">{owner.id === me.id ? t('me') : owner.name}</span>
          </>
        )}
      </div>
      <div role="gridcell" className={classes.date}>
        {at && (
          <time dateTime={at} title={format.dateTime(at)}>
            {format.ago(at)}
          </time>
        )}
      </div>
      <div role="gridcell" className={classes.end}>
        {!resource.trashed && !link && <StarButton resource={resource} focusable={current} />}
        <ActionIcon
          size={28}
          tabIndex={current ? 0 : -1}
          className={classes.more}
          aria-label={t('actionsOf', { name: resource.name })}
          aria-haspopup="menu"
          onClick={(event) => {
            event.stopPropagation();
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            props.onMenu({ x: left, y: bottom });
          }}
        >
          <IconDots size={17} />
        </ActionIcon>
      </div>
    </div>
  );
}

function modifiersOf(event: MouseEvent): Modifiers {
  return { toggle: event.ctrlKey || event.metaKey, extend: event.shiftKey };
}

function canTake(folder: Resource, resources: readonly Resource[]): boolean {
  return resources.every((r) => mayManage(r) && r.id !== folder.id && r.parent !== folder.id);
}

function StarButton({ resource, focusable }: { resource: Resource; focusable: boolean }) {
  const { t } = useTranslation('drive');
  const label = resource.starred ? t('unstar') : t('star');
  return (
    <ActionIcon
      size={28}
      tabIndex={focusable ? 0 : -1}
      className={classes.star}
      data-on={resource.starred || undefined}
      aria-label={label}
      aria-pressed={resource.starred}
      onClick={(event) => {
        event.stopPropagation();
        void starResources([resource], !resource.starred);
      }}
    >
      {resource.starred ? <IconStarFilled size={16} /> : <IconStar size={16} stroke={1.7} />}
    </ActionIcon>
  );
}

function NameCell({ resource, renaming, onRenamed }: Props) {
  const { t } = useTranslation('drive');
  if (renaming) return <NameInput resource={resource} onDone={onRenamed} />;
  const stop = (event: MouseEvent) => {
    // With a modifier the click is about the selection, as it is elsewhere in the row.
    if (event.ctrlKey || event.metaKey || event.shiftKey) event.preventDefault();
    else event.stopPropagation();
  };
  const kind = <span className="only-read">{t(`kind.${resource.kind}`)}</span>;
  return (
    <>
      {resource.trashed ? (
        <span className={`${classes.link} truncate`}>
          {resource.name} {kind}
        </span>
      ) : (
        <Link
          className={`${classes.link} truncate`}
          tabIndex={-1}
          draggable={false}
          onClick={stop}
          onDoubleClick={(event) => event.stopPropagation()}
          {...(resource.kind === 'folder'
            ? { to: '/drive/folder/$folder', params: { folder: resource.id } }
            : { to: '/base/$base/{-$table}/{-$view}', params: { base: resource.id } })}
        >
          {resource.name} {kind}
        </Link>
      )}
      {resource.shared && (
        <Tip label={t('isShared')}>
          <span className={classes.mark} role="img" aria-label={t('isShared')}>
            <IconUsers size={15} stroke={1.7} />
          </span>
        </Tip>
      )}
    </>
  );
}

/** The name in place: Enter or leaving takes it, Escape does not. */
function NameInput({ resource, onDone }: { resource: Resource; onDone: () => void }) {
  const { t } = useTranslation('drive');
  const [name, setName] = useState(resource.name);
  const [ended, setEnded] = useState(false);
  function end(take: boolean) {
    if (ended) return;
    setEnded(true);
    onDone();
    const wanted = name.trim();
    if (take && wanted && wanted !== resource.name) void renameResource(resource, wanted);
  }
  return (
    <input
      className={classes.rename}
      aria-label={t('newName', { name: resource.name })}
      value={name}
      maxLength={200}
      // biome-ignore lint/a11y/noAutofocus: the member has just asked to type here
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => end(true)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
}
