import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconChevronLeft, IconLink, IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../data/live-view';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import { notify } from '../../../ui/notify';
import classes from '../Base.module.css';
import { type Base, fieldsOf, type Table } from '../model';
import type { useCellServices } from '../useServices';
import { RecordFields } from './RecordFields';
import { type RecordTab, RecordTabs } from './RecordTabs';
import { useRecord } from './useRecord';

interface Props {
  base: Base;
  table: Table;
  /** In the order of the view. */
  fields: readonly Field[];
  /** Of the view; absent when only a linked one is open. */
  record: string | undefined;
  /** A linked record that was opened from the grid. */
  opened: Step | null;
  live: LiveView;
  locale: Locale;
  editable: boolean;
  services: Pick<Parameters<typeof useCellServices>[0], 'createChoices' | 'preview'>;
  tab: RecordTab;
  /** Of the history: only what became of this cell. */
  field: string | null;
  onTab: (tab: RecordTab, field: string | null) => void;
  onOpen: (record: string) => void;
  onClose: () => void;
  onDelete: (record: string) => void;
}

/** A record that was opened from another one. */
export interface Step {
  table: string;
  record: string;
}

/** One record with all its fields, also those the view hides. Linked records open in its place, with a way back. */
export function RecordPanel(props: Props) {
  const { base, record, live, editable, onClose } = props;
  const { t } = useTranslation('base');
  useSyncExternalStore(live.subscribe, live.version);
  const panel = useRef<HTMLElement>(null);
  const [trail, setTrail] = useState<readonly Step[]>(props.opened ? [props.opened] : []);
  const index = record === undefined ? undefined : live.indexOf(record);
  const step = trail.at(-1);
  const linked = step && base.tables.find((table) => table.id === step.table);

  const { opened } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another record begins a trail of its own
  useEffect(() => setTrail(opened ? [opened] : []), [record, opened]);
  // What had the focus is gone with the record it was in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each step
  useEffect(() => panel.current?.focus(), [trail.length]);
  useEffect(() => {
    // The second tap of a double tap selects a word here.
    getSelection()?.removeAllRanges();
  }, []);

  const move = (by: number) => {
    const next = index === undefined ? undefined : live.row(index + by);
    if (next) props.onOpen(next.id);
  };
  const back = () => (trail.length === 1 && record === undefined ? onClose() : setTrail(trail.slice(0, -1)));
  const open = (table: string, id: string) => setTrail((steps) => [...steps, { table, record: id }]);

  function copyLink() {
    const link = new URL(location.href);
    if (step) link.pathname = `/base/${base.resource.id}/${step.table}`;
    link.searchParams.set('record', step?.record ?? record ?? '');
    void navigator.clipboard.writeText(link.href).then(() => notify(t('record.linkCopied')));
  }

  return (
    <aside
      ref={panel}
      className={classes.record}
      aria-label={t('record.panel')}
      tabIndex={-1}
      style={{ outline: 'none' }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) return step ? back() : onClose();
        if (!event.altKey || step || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        move(event.key === 'ArrowUp' ? -1 : 1);
      }}
    >
      <div className={classes.recordHead}>
        {step ? (
          <button type="button" className={classes.back} onClick={back}>
            <IconChevronLeft size={16} />
            <span className={classes.clip}>{linked?.name ?? t('record.panel')}</span>
          </button>
        ) : (
          <>
            <IconAction label={t('record.previous')} disabled={!index} onClick={() => move(-1)}>
              <IconArrowUp size={16} />
            </IconAction>
            <IconAction
              label={t('record.next')}
              disabled={index === undefined || index + 1 >= live.total}
              onClick={() => move(1)}
            >
              <IconArrowDown size={16} />
            </IconAction>
          </>
        )}
        <span className={classes.grow} />
        <IconAction label={t('record.copyLink')} onClick={copyLink}>
          <IconLink size={16} />
        </IconAction>
        {editable && record && !step && (
          <IconAction label={t('record.delete')} onClick={() => props.onDelete(record)}>
            <IconTrash size={16} />
          </IconAction>
        )}
        <IconAction label={t('close')} onClick={onClose}>
          <IconX size={17} />
        </IconAction>
      </div>
      <div className={classes.recordBody}>
        {step
          ? linked && (
              <Shown
                key={`${trail.length} ${step.record}`}
                {...props}
                table={linked}
                fields={fieldsOf(linked, {}).map((entry) => entry.field)}
                record={step.record}
                live={linked.id === props.table.id ? live : null}
                onOpen={open}
              />
            )
          : record && <Shown key={record} {...props} record={record} onOpen={open} />}
      </div>
    </aside>
  );
}

interface ShownProps
  extends Pick<Props, 'base' | 'table' | 'fields' | 'locale' | 'editable' | 'services' | 'tab' | 'field' | 'onTab'> {
  record: string;
  live: LiveView | null;
  onOpen: (table: string, record: string) => void;
}

function Shown({ live, ...props }: ShownProps) {
  const shown = useRecord(props.base.resource.id, props.table.id, props.record, live);
  return (
    <RecordTabs {...props}>
      <RecordFields {...props} shown={shown} />
    </RecordTabs>
  );
}

interface IconActionProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

export function IconAction({ label, disabled = false, onClick, children }: IconActionProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
