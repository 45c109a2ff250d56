/** What a field depends on, what depends on it, and what computing it costs. */
import { Alert, Loader, Modal } from '@mantine/core';
import { IconChevronRight, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../data/me';
import { mistakeText } from '../../../grid/mistakes';
import type { Field } from '../../../grid/model';
import { ErrorState } from '../../../ui/States';
import { baseApi, type Explained } from '../api';
import classes from '../Base.module.css';
import type { Base, Table } from '../model';
import { byTable, namesOf, viewsUsing } from './dependents';
import { FieldIcon } from './FieldIcon';

interface Props {
  base: Base;
  table: Table;
  field: Field;
  onClose: () => void;
}

export default function ExplainDialog({ base, table, field, onClose }: Props) {
  const { t } = useTranslation('field');
  const explained = useQuery({
    queryKey: ['explain', base.resource.id, table.id, field.id],
    queryFn: () => baseApi.explain(base.resource.id, table.id, field.id),
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="md"
      title={
        <span className={classes.explainTitle}>
          <FieldIcon type={field.type} size={16} /> {field.name}
        </span>
      }
      closeButtonProps={{ 'aria-label': t('base:close') }}
    >
      {field.description && <p className={classes.explained}>{field.description}</p>}
      {explained.isError ? (
        <ErrorState error={explained.error} onRetry={() => void explained.refetch()} />
      ) : explained.data ? (
        <Explanation base={base} table={table} field={field} data={explained.data} />
      ) : (
        <Loader size="sm" />
      )}
    </Modal>
  );
}

function Explanation({ base, table, field, data }: Omit<Props, 'onClose'> & { data: Explained }) {
  const { t } = useTranslation('field');
  const format = useFormat();
  const views = viewsUsing(table, field.id);
  const readers = byTable(
    data.read_by.flatMap((place) => namesOf(base, place) ?? []),
    table.name,
  );
  return (
    <>
      {data.cycle.length > 0 && (
        <Alert color="red" variant="light" p="xs" mb="sm">
          {t('explain.cycle', { path: data.cycle.join(' → ') })}
        </Alert>
      )}
      {data.cycle.length === 0 && field.computed?.error && (
        <Alert color="red" variant="light" p="xs" mb="sm">
          {mistakeText(field.computed.error)}
        </Alert>
      )}
      {data.formula && (
        <Part title={t('explain.formula')}>
          <pre className={classes.explainFormula}>{data.formula}</pre>
        </Part>
      )}
      {field.computed && (
        <Part title={t('explain.reads')}>
          {data.reads.length === 0 && <p className={classes.explained}>{t('explain.readsNothing')}</p>}
          {data.reads.map((read) => (
            <Read key={JSON.stringify(read)} base={base} table={table} read={read} />
          ))}
        </Part>
      )}
      <Part title={t('explain.readBy')}>
        {readers.length + views.length === 0 && <p className={classes.explained}>{t('explain.readByNothing')}</p>}
        {readers.map((one) => (
          <div key={one.table} className={classes.explainLine}>
            <IconTable size={14} stroke={1.7} />
            <span>{one.table ?? table.name}</span>
            <IconChevronRight size={12} />
            <b>{one.fields.join(', ')}</b>
          </div>
        ))}
        {views.length > 0 && (
          <div className={classes.explainLine}>
            {t('explain.views', { names: views.map((view) => view.name).join(', ') })}
          </div>
        )}
      </Part>
      {field.computed && (
        <Part title={t('explain.cost')}>
          <div className={classes.explainLine}>
            {data.last_rows === 0
              ? t('explain.notYet')
              : data.last_micros === 0
                ? t('explain.rows', { count: data.last_rows, shown: format.number(data.last_rows) })
                : t('explain.last', {
                    count: data.last_rows,
                    shown: format.number(data.last_rows),
                    time: duration(data.last_micros, format.number),
                    each: duration(data.last_micros / data.last_rows, format.number),
                  })}
          </div>
          {data.reads.some((read) => read.whole) && <p className={classes.explained}>{t('explain.wholeHint')}</p>}
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.explainPart} aria-label={title}>
      <div className={classes.entryLabel}>{title}</div>
      {children}
    </section>
  );
}

/** `Site → Sites · Region`: the links that are walked, and what is read at their end. */
function Read({ base, table, read }: { base: Base; table: Table; read: Explained['reads'][number] }) {
  const { t } = useTranslation('field');
  const all = base.tables.flatMap((one) => one.fields);
  const target = base.tables.find((one) => one.id === read.table);
  const field = target?.fields.find((one) => one.id === read.field);
  return (
    <div className={classes.explainLine}>
      {read.via.map((id) => (
        <span key={id} className={classes.explainLine}>
          <FieldIcon type="link" size={14} />
          {all.find((one) => one.id === id)?.name ?? '—'}
          <IconChevronRight size={12} />
        </span>
      ))}
      {(target?.id !== table.id || read.whole) && <span>{target?.name ?? '—'} ·</span>}
      {field ? (
        <>
          <FieldIcon type={field.type} size={14} />
          <b>{field.name}</b>
        </>
      ) : (
        <b>{t('explain.records')}</b>
      )}
      {read.whole && <span className={classes.explained}>{t('explain.whole')}</span>}
    </div>
  );
}

/** Microseconds, in the unit that says it with few digits. */
function duration(micros: number, number: (n: number) => string): string {
  if (micros >= 1_000_000) return `${number(Number((micros / 1_000_000).toPrecision(3)))} s`;
  if (micros >= 1_000) return `${number(Number((micros / 1_000).toPrecision(3)))} ms`;
  return `${number(Number(micros.toPrecision(2)))} µs`;
}
