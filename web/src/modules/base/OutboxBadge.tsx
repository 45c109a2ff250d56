import { ActionIcon, Popover } from '@mantine/core';
import { IconCloudUp, IconX } from '@tabler/icons-react';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../data/me';
import { outbox } from '../../data/records';
import classes from './Base.module.css';
import type { Base } from './model';

/** How many changes wait for the server, and which; one can be given up. */
export function OutboxBadge({ base }: { base: Base }) {
  const { t } = useTranslation('base');
  const format = useFormat();
  const { items, stuck } = useSyncExternalStore(outbox.watch, outbox.snapshot);
  const [open, setOpen] = useState(false);
  if (!stuck || items.length === 0) return null;
  const tableName = (id: string) => base.tables.find((table) => table.id === id)?.name ?? t('outbox.otherTable');
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.waiting} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconCloudUp size={14} aria-hidden="true" />
          {t('outbox.waiting', { count: items.length })}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={6} w={320}>
        <div className={classes.popTitle}>{t('outbox.hint')}</div>
        <div className={classes.rows}>
          {items.map((item) => (
            <div key={item.id} className={classes.line}>
              <span className={`${classes.clip} ${classes.grow}`}>
                {t(`outbox.${item.kind}`, { count: item.records.length, table: tableName(item.table) })}
              </span>
              <span className={classes.placeholder}>{format.ago(item.at)}</span>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                aria-label={t('outbox.discard')}
                title={t('outbox.discard')}
                onClick={() => outbox.discard(item.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            </div>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
