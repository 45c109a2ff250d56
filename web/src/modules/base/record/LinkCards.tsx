import { ActionIcon, Loader } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { type CellValue, isMore, isRecord, itemsOf, type MoreRecords, type RecordRef } from '../../../grid/model';
import { baseApi } from '../api';
import classes from '../Base.module.css';
import type { Table } from '../model';
import { detailsOf } from '../useServices';

interface Props {
  base: string;
  /** Of the records. */
  table: Table | undefined;
  value: CellValue;
  locale: Locale;
  /** The field of those records that names the one the cards are in. */
  back?: string | undefined;
  onOpen: (record: string) => void;
  /** Absent, they cannot be taken away. */
  onRemove?: (record: string) => void;
}

/** Cards that say more than the name; many records say so little for each. */
const mostDetailed = 12;
const firstShown = 24;

/** The records a cell names, each with some of what is in it. */
export function LinkCards({ base, table, value, locale, back, onOpen, onRemove }: Props) {
  const { t } = useTranslation('base');
  const [all, setAll] = useState(false);
  const items = itemsOf(value) as readonly unknown[];
  const records = items.filter(isRecord);
  const more = (items.find(isMore) as MoreRecords | undefined)?.more ?? 0;
  const shown = all ? records : records.slice(0, firstShown);
  const hidden = records.length - shown.length;
  return (
    <div className={classes.cards}>
      {shown.map((record, i) => (
        <Card
          key={record.id}
          base={base}
          table={i < mostDetailed ? table : undefined}
          record={record}
          locale={locale}
          back={back}
          onOpen={onOpen}
          {...(onRemove ? { onRemove } : {})}
        />
      ))}
      {hidden > 0 && (
        <button type="button" className={classes.cardMore} onClick={() => setAll(true)}>
          {t('field:link.showAll', { count: hidden + more })}
        </button>
      )}
      {hidden === 0 && more > 0 && <span className={classes.placeholder}>{t('field:link.more', { count: more })}</span>}
    </div>
  );
}

interface CardProps extends Omit<Props, 'value'> {
  record: RecordRef;
}

function Card({ base, table, record, locale, back, onOpen, onRemove }: CardProps) {
  const { t } = useTranslation('base');
  const { data, isLoading } = useQuery({
    queryKey: ['base', base, 'record', record.id],
    queryFn: () => baseApi.record(base, table?.id ?? '', record.id),
    enabled: table !== undefined,
  });
  const details = data && table ? detailsOf(table, data.fields, locale, back) : [];
  return (
    <div className={classes.card}>
      <button type="button" className={classes.cardOpen} onClick={() => onOpen(record.id)}>
        <span className={classes.cardTitle}>{record.text || t('record.untitled')}</span>
        {isLoading && <Loader size={10} />}
        {details.length > 0 && <span className={classes.cardDetails}>{details.join(' · ')}</span>}
      </button>
      {onRemove && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={t('cell.remove', { name: record.text || t('record.untitled') })}
          onClick={() => onRemove(record.id)}
        >
          <IconX size={13} />
        </ActionIcon>
      )}
    </div>
  );
}
