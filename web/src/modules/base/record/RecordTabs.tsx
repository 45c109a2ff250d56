/** The parts of a record beside its fields: what people say about it, and what was done to it. */
import { Badge, Button, Tabs } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../../data/me';
import type { Locale } from '../../../grid/format';
import { Comments, useComments } from '../comments/Comments';
import { HistoryList } from '../history/HistoryList';
import type { Base, Table } from '../model';

export type RecordTab = 'fields' | 'comments' | 'history';

interface Props {
  base: Base;
  table: Table;
  record: string;
  locale: Locale;
  editable: boolean;
  tab: RecordTab;
  /** Of the history: only what became of this cell. */
  field: string | null;
  onTab: (tab: RecordTab, field: string | null) => void;
  children: React.ReactNode;
}

export function RecordTabs({ base, table, record, locale, editable, tab, field, onTab, children }: Props) {
  const { t } = useTranslation('history');
  const member = useMe().link === null;
  const id = base.resource.id;
  const comments = useComments(id, table.id, record, member);
  const count = comments.data?.items.length ?? 0;
  // Visitors of a link may not know who works here.
  if (!member) return children;
  const only = table.fields.find((one) => one.id === field);
  return (
    <Tabs
      value={tab === 'history' && !editable ? 'fields' : tab}
      onChange={(value) => onTab((value ?? 'fields') as RecordTab, null)}
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label={t('tabs.label')}>
        <Tabs.Tab value="fields">{t('tabs.fields')}</Tabs.Tab>
        <Tabs.Tab
          value="comments"
          rightSection={
            count > 0 && (
              <Badge size="sm" variant="light" color="gray" circle={count < 10}>
                {count}
              </Badge>
            )
          }
        >
          {t('tabs.comments')}
        </Tabs.Tab>
        {editable && <Tabs.Tab value="history">{t('tabs.history')}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="fields">{children}</Tabs.Panel>
      <Tabs.Panel value="comments">
        <Comments base={base} table={table.id} record={record} />
      </Tabs.Panel>
      <Tabs.Panel value="history">
        {only && (
          <Button
            variant="default"
            size="compact-sm"
            rightSection={<IconX size={13} />}
            title={t('allFields')}
            onClick={() => onTab('history', null)}
          >
            {t('cellOnly', { field: only.name })}
          </Button>
        )}
        <HistoryList
          base={base}
          place={{ base: id, table: table.id, record }}
          filter={only ? { field: only.id } : {}}
          locale={locale}
        />
      </Tabs.Panel>
    </Tabs>
  );
}
