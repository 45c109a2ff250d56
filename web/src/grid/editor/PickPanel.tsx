import { Loader } from '@mantine/core';
import { IconArrowUpRight, IconCheck, IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { useDrag } from '../../ui/useDrag';
import { Chip } from '../Chip';
import classes from '../Grid.module.css';
import { type Pick, pickText } from './picks';

interface Props {
  id: string;
  offered: readonly Pick[];
  picked: readonly Pick[];
  multiple: boolean;
  highlight: number;
  busy?: boolean;
  /** What is said when nothing is offered. */
  nothing: string;
  onHighlight: (index: number) => void;
  onPick: (pick: Pick) => void;
  /** The order of what is picked counts, and may be changed. */
  onOrder?: (picked: Pick[]) => void;
  /** Opens a record. */
  onOpen?: (pick: Pick) => void;
}

/** A list to pick from, with what is picked above it. The text field that searches it keeps the focus. */
export function PickPanel(props: Props) {
  const { id, offered, picked, multiple, highlight, onPick } = props;
  const { t } = useTranslation('base');
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[highlight]?.scrollIntoView({ block: 'nearest' });
  }, [highlight]);
  const shown = multiple || picked.some((pick) => pick.kind === 'record') ? picked : [];
  return (
    <>
      {shown.length > 0 && <Picked {...props} picked={shown} />}
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={t('cell.choices')}
        aria-multiselectable={multiple}
        className={classes.options}
      >
        {offered.map((pick, i) => {
          const on = picked.some((one) => one.id === pick.id);
          return (
            <button
              type="button"
              role="option"
              tabIndex={-1}
              id={`${id}-${i}`}
              key={pick.id || 'create'}
              aria-selected={on}
              className={classes.option}
              data-on={i === highlight}
              onPointerMove={() => props.onHighlight(i)}
              onClick={() => onPick(pick)}
            >
              <PickLine pick={pick} />
              <span className={classes.grow} />
              {on && <IconCheck size={15} stroke={2.2} />}
            </button>
          );
        })}
        {offered.length === 0 &&
          (props.busy ? (
            <div className={classes.hint}>
              <Loader size={14} />
            </div>
          ) : (
            <div className={classes.hint}>{props.nothing}</div>
          ))}
      </div>
    </>
  );
}

function PickLine({ pick }: { pick: Pick }) {
  const { t } = useTranslation('base');
  switch (pick.kind) {
    case 'choice':
      return <Chip choice={pick.choice} />;
    case 'named':
      return (
        <>
          <MemberAvatar {...pick.one} size={22} shape={pick.square ? 'square' : 'round'} />
          <span className={classes.clip}>{pick.one.name}</span>
          {pick.me && <span className={classes.faint}>{t('field:pick.me')}</span>}
        </>
      );
    case 'record':
      return (
        <span className={classes.recordLine}>
          <span className={classes.clip}>{pick.record.text || t('record.untitled')}</span>
          {pick.details && <span className={classes.faint}>{pick.details}</span>}
        </span>
      );
    default:
      return (
        <>
          <IconPlus size={15} />
          <span>{t('cell.create', { name: pick.name })}</span>
        </>
      );
  }
}

function Picked({ picked, onPick, onOrder, onOpen }: Props) {
  const { t } = useTranslation('base');
  const drag = useDrag(
    picked.length,
    (from, to) => {
      const next = [...picked];
      next.splice(to, 0, ...next.splice(from, 1));
      onOrder?.(next);
    },
    'x',
  );
  return (
    <div className={classes.picked}>
      {picked.map((pick, i) => {
        const removeLabel = t('cell.remove', { name: pickText(pick) });
        const line = onOrder ? drag.line(i) : {};
        if (pick.kind === 'choice') {
          return (
            <span key={pick.id} {...line}>
              <Chip choice={pick.choice} removeLabel={removeLabel} onRemove={() => onPick(pick)} />
            </span>
          );
        }
        return (
          <span key={pick.id} className={classes.chip} data-neutral {...line}>
            {pick.kind === 'named' && <MemberAvatar {...pick.one} size={16} shape={pick.square ? 'square' : 'round'} />}
            <span>{pickText(pick) || t('record.untitled')}</span>
            {onOpen && pick.kind === 'record' && (
              <button
                type="button"
                tabIndex={-1}
                aria-label={t('field:pick.open', { name: pickText(pick) })}
                onClick={() => onOpen(pick)}
              >
                <IconArrowUpRight size={12} stroke={2.2} />
              </button>
            )}
            <button type="button" tabIndex={-1} aria-label={removeLabel} onClick={() => onPick(pick)}>
              <IconX size={11} stroke={2.4} />
            </button>
          </span>
        );
      })}
    </div>
  );
}
