import { ActionIcon, Button, Group, Menu, Modal, NumberInput } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconDots,
  IconEyeOff,
  IconFlag,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconPlus,
} from '@tabler/icons-react';
import { type ComponentProps, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip } from '../../../../grid/Chip';
import { type Locale, nobody } from '../../../../grid/format';
import type { SummaryKey } from '../../../../grid/groups/model';
import { summaryText } from '../../../../grid/groups/text';
import { useWords } from '../../../../grid/groups/useGroups';
import type { Field } from '../../../../grid/model';
import { MemberAvatar } from '../../../../ui/MemberAvatar';
import type { KanbanColumn } from '../model';
import classes from './Kanban.module.css';
import type { Column } from './model';

interface Props {
  column: Column;
  field: Field;
  name: string;
  count: number;
  sum: SummaryKey | null;
  fields: readonly Field[];
  locale: Locale;
  settable: boolean;
  place: { first: boolean; last: boolean };
  drag: ComponentProps<'div'>;
  onShift: (by: number) => void;
  onSet: (change: Partial<KanbanColumn>) => void;
  onAdd: (() => void) | undefined;
}

const icon = { size: 15, stroke: 1.7 } as const;

/** What a column is called, how many cards it has and should have, what is told of them, and its menu. */
export function ColumnHead(props: Props) {
  const { column, field, name, count, locale, settable, onSet } = props;
  const { t } = useTranslation('view');
  const [limiting, setLimiting] = useState(false);
  const over = column.limit !== undefined && count > column.limit;
  const shown = new Intl.NumberFormat(locale.language).format(count);
  return (
    <div className={classes.head} data-handle={settable} {...(settable ? props.drag : {})}>
      <ColumnName column={column} field={field} name={name} locale={locale} />
      <span
        className={classes.count}
        data-over={over}
        title={over ? t('kanban.overLimit', { limit: column.limit }) : undefined}
      >
        {column.limit === undefined ? shown : `${shown} / ${column.limit}`}
      </span>
      <Told {...props} />
      <span className={classes.grow} />
      {props.onAdd && (
        <ActionIcon size={24} aria-label={t('kanban.addTo', { column: name })} onClick={props.onAdd}>
          <IconPlus size={15} />
        </ActionIcon>
      )}
      {settable && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={24} aria-label={t('kanban.menuOf', { column: name })}>
              <IconDots size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={
                column.collapsed ? (
                  <IconLayoutSidebarLeftExpand {...icon} />
                ) : (
                  <IconLayoutSidebarLeftCollapse {...icon} />
                )
              }
              onClick={() => onSet({ collapsed: !column.collapsed })}
            >
              {t(column.collapsed ? 'kanban.expand' : 'kanban.collapse')}
            </Menu.Item>
            <Menu.Item leftSection={<IconEyeOff {...icon} />} onClick={() => onSet({ hidden: true })}>
              {t('kanban.hide')}
            </Menu.Item>
            <Menu.Item leftSection={<IconFlag {...icon} />} onClick={() => setLimiting(true)}>
              {t('kanban.limit')}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconArrowLeft {...icon} />}
              disabled={props.place.first}
              onClick={() => props.onShift(-1)}
            >
              {t('kanban.left')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowRight {...icon} />}
              disabled={props.place.last}
              onClick={() => props.onShift(1)}
            >
              {t('kanban.right')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {limiting && (
        <LimitDialog
          name={name}
          limit={column.limit}
          onClose={() => setLimiting(false)}
          onSave={(limit) => onSet({ limit } as Partial<KanbanColumn>)}
        />
      )}
    </div>
  );
}

type NameProps = Pick<Props, 'column' | 'field' | 'name' | 'locale'>;

export function ColumnName({ column, field, name, locale }: NameProps) {
  if (column.value === null) return <span className={classes.blank}>{name}</span>;
  if (column.color) return <Chip choice={{ name, color: column.color }} />;
  if (field.type !== 'member') return <span className={classes.name}>{name}</span>;
  const person = (locale.names ?? nobody).members.get(column.value) ?? { id: column.value, name };
  return (
    <span className={classes.name}>
      <MemberAvatar {...person} size={20} />
      <span className={classes.clip}>{name}</span>
    </span>
  );
}

function Told({ column, sum, fields, locale }: Props) {
  const { t } = useTranslation('view');
  const words = useWords();
  const field = fields.find((one) => one.id === sum?.field);
  if (!sum || !field || column.told === undefined || column.told === null) return null;
  const value = summaryText(field, sum.function, column.told, locale, words);
  return (
    <span
      className={classes.told}
      title={t('group:told', { field: field.name, what: t(`group:function.${sum.function}`), value })}
    >
      {value}
    </span>
  );
}

interface LimitProps {
  name: string;
  limit: number | undefined;
  onClose: () => void;
  onSave: (limit: number | undefined) => void;
}

function LimitDialog({ name, limit, onClose, onSave }: LimitProps) {
  const { t } = useTranslation('view');
  const [value, setValue] = useState<number | ''>(limit ?? '');
  return (
    <Modal opened onClose={onClose} title={t('kanban.limitOf', { column: name })} size="xs" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onSave(value === '' ? undefined : value);
        }}
      >
        <NumberInput
          data-autofocus
          label={t('kanban.limitLabel')}
          description={t('kanban.limitHint')}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={value}
          onChange={(next) => setValue(typeof next === 'number' && next >= 1 ? next : '')}
        />
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('base:cancel')}
          </Button>
          <Button type="submit">{t('base:save')}</Button>
        </Group>
      </form>
    </Modal>
  );
}
