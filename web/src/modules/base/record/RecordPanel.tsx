import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconLink, IconTrash, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveView } from '../../../data/live-view';
import { queryClient } from '../../../data/queries';
import type { Locale } from '../../../grid/format';
import type { CellValue, Choice, Field } from '../../../grid/model';
import { notify } from '../../../ui/notify';
import { ErrorState } from '../../../ui/States';
import { baseApi } from '../api';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import type { Table } from '../model';
import { FieldInput } from './FieldInput';

interface Props {
  base: string;
  table: Table;
  /** In the order of the view. */
  fields: readonly Field[];
  record: string;
  live: LiveView;
  locale: Locale;
  editable: boolean;
  onOpen: (record: string) => void;
  onClose: () => void;
  onDelete: (record: string) => void;
  onCreateChoices: (field: Field, names: readonly string[]) => Promise<readonly Choice[] | undefined>;
}

/** One record with all its fields, also those the view hides. */
export function RecordPanel(props: Props) {
  const { base, table, fields, record, live, locale, editable, onClose } = props;
  const { t } = useTranslation('base');
  const version = useSyncExternalStore(live.subscribe, live.version);
  const panel = useRef<HTMLElement>(null);
  const row = live.record(record);
  const index = live.indexOf(record);
  // A record outside the window is asked for by its id, and again when the table changes.
  const queryKey = ['base', base, 'record', record, row ? 0 : live.seq];
  const loaded = useQuery({
    queryKey,
    queryFn: () => baseApi.record(base, table.id, record),
    enabled: row === undefined && live.known,
    placeholderData: (old) => old,
  });
  const cells = row?.cells ?? loaded.data?.fields;
  const [primary] = table.fields;
  const title = primary && cells ? String(cells[primary.id] ?? '') : '';

  useEffect(() => {
    panel.current?.focus();
    // The second tap of a double tap selects a word here.
    getSelection()?.removeAllRanges();
  }, []);

  const { refetch } = loaded;
  useEffect(
    () => live.onRefused((change) => change.records.some((r) => r.id === record) && void refetch()),
    [live, record, refetch],
  );

  function change(field: Field, value: CellValue) {
    live.edit([{ id: record, fields: { [field.id]: value } }]);
    if (row) return;
    queryClient.setQueryData<{ id: string; fields: Record<string, unknown> }>(
      queryKey,
      (old) => old && { ...old, fields: { ...old.fields, [field.id]: value } },
    );
  }

  const step = (by: number) => {
    const next = index === undefined ? undefined : live.row(index + by);
    if (next) props.onOpen(next.id);
  };
  const create = (field: Field) => async (name: string) => {
    const choices = await props.onCreateChoices(field, [name]);
    return choices?.find((choice) => choice.name.toLowerCase() === name.toLowerCase());
  };

  return (
    <aside
      ref={panel}
      className={classes.record}
      aria-label={t('record.panel')}
      tabIndex={-1}
      style={{ outline: 'none' }}
      data-version={version}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
        if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        step(event.key === 'ArrowUp' ? -1 : 1);
      }}
    >
      <div className={classes.recordHead}>
        <IconAction label={t('record.previous')} disabled={!index} onClick={() => step(-1)}>
          <IconArrowUp size={16} />
        </IconAction>
        <IconAction
          label={t('record.next')}
          disabled={index === undefined || index + 1 >= live.total}
          onClick={() => step(1)}
        >
          <IconArrowDown size={16} />
        </IconAction>
        <span className={classes.grow} />
        <IconAction
          label={t('record.copyLink')}
          onClick={() => void navigator.clipboard.writeText(location.href).then(() => notify(t('record.linkCopied')))}
        >
          <IconLink size={16} />
        </IconAction>
        {editable && (
          <IconAction label={t('record.delete')} onClick={() => props.onDelete(record)}>
            <IconTrash size={16} />
          </IconAction>
        )}
        <IconAction label={t('close')} onClick={onClose}>
          <IconX size={17} />
        </IconAction>
      </div>
      <div className={classes.recordBody}>
        {loaded.isError && !cells ? (
          <ErrorState error={loaded.error} onRetry={() => void loaded.refetch()} />
        ) : !cells ? (
          Array.from({ length: 6 }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
            <Skeleton key={i} height={34} mb={22} />
          ))
        ) : (
          <>
            <h2 className={classes.recordTitle}>{title || t('record.untitled')}</h2>
            {fields.map((field) => (
              <div key={field.id} className={classes.entry}>
                <div className={classes.entryLabel} title={field.description}>
                  <FieldIcon type={field.type} />
                  {field.name}
                </div>
                <FieldInput
                  key={record}
                  field={field}
                  value={cells[field.id] as CellValue}
                  locale={locale}
                  editable={editable && !row?.deleted}
                  onChange={(value) => change(field, value)}
                  onCreateChoice={create(field)}
                />
              </div>
            ))}
          </>
        )}
      </div>
    </aside>
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
