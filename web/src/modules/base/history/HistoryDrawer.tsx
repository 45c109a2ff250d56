/** The past of a base beside it: who changed what, what one can take back, and what was deleted. */
import { Button, Drawer, Select, Tabs } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { IconRestore } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { MemberSelect } from '../../../ui/MemberSelect';
import type { Base } from '../model';
import { TrashPanel } from '../trash/TrashPanel';
import type { Filter, Moment, Place } from './api';
import classes from './History.module.css';
import { HistoryList } from './HistoryList';
import { RestoreDialog } from './RestoreDialog';
import { UndoPanel } from './UndoPanel';

export type Part = 'history' | 'undo' | 'trash';

interface Props {
  base: Base;
  part: Part;
  /** The table whose history is shown first; of the whole base when null. */
  table: string | null;
  locale: Locale;
  onPart: (part: Part) => void;
  onClose: () => void;
}

export default function HistoryDrawer({ base, part, table, locale, onPart, onClose }: Props) {
  const { t } = useTranslation('history');
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(560px, 100%)"
      title={t('title')}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Tabs value={part} onChange={(value) => onPart((value ?? 'history') as Part)} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="history">{t('part.history')}</Tabs.Tab>
          <Tabs.Tab value="undo">{t('part.undo')}</Tabs.Tab>
          <Tabs.Tab value="trash">{t('part.trash')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="history">
          <Past base={base} first={table} locale={locale} />
        </Tabs.Panel>
        <Tabs.Panel value="undo">
          <UndoPanel base={base} locale={locale} />
        </Tabs.Panel>
        <Tabs.Panel value="trash">
          <TrashPanel base={base.resource.id} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}

function Past({ base, first, locale }: { base: Base; first: string | null; locale: Locale }) {
  const { t } = useTranslation('history');
  const [table, setTable] = useState(first);
  const [field, setField] = useState<string | null>(null);
  const [actor, setActor] = useState<string | null>(null);
  const [day, setDay] = useState<string | null>(null);
  const [restoring, setRestoring] = useState<Moment | null>(null);
  const id = base.resource.id;
  const fields = base.tables.find((one) => one.id === table)?.fields ?? [];
  const end = day === null ? undefined : endOf(day);
  const place: Place = table ? { base: id, table } : { base: id };
  const filter: Filter = {
    ...(table && field ? { field } : {}),
    ...(actor ? { actor } : {}),
    ...(end ? { to: end } : {}),
  };
  return (
    <>
      <div className={classes.filters}>
        <Select
          aria-label={t('filter.table')}
          placeholder={t('filter.all')}
          clearable
          data={base.tables.map(({ id: value, name: label }) => ({ value, label }))}
          value={table}
          onChange={(value) => {
            setTable(value);
            setField(null);
          }}
        />
        {table && (
          <Select
            aria-label={t('filter.field')}
            placeholder={t('filter.anyField')}
            clearable
            searchable
            data={fields.map(({ id: value, name: label }) => ({ value, label }))}
            value={field}
            onChange={setField}
          />
        )}
        <MemberSelect
          aria-label={t('filter.person')}
          placeholder={t('filter.anybody')}
          clearable
          among={() => true}
          value={actor}
          onChange={setActor}
        />
        <DateInput
          aria-label={t('filter.until')}
          placeholder={t('filter.until')}
          clearable
          valueFormat="YYYY-MM-DD"
          value={day}
          onChange={setDay}
        />
      </div>
      {table && end && (
        <Button
          variant="default"
          mb="sm"
          leftSection={<IconRestore size={15} />}
          onClick={() => setRestoring({ at: end })}
        >
          {t('restore.toDay', { day })}
        </Button>
      )}
      <HistoryList base={base} place={place} filter={filter} locale={locale} />
      {restoring && (
        <RestoreDialog
          base={base}
          place={place}
          moment={restoring}
          locale={locale}
          onClose={() => setRestoring(null)}
        />
      )}
    </>
  );
}

/** The last moment of a day where the reader is. */
function endOf(day: string): string {
  const end = new Date(`${day.slice(0, 10)}T23:59:59.999`);
  return end.toISOString();
}
