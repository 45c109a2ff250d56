import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core';
import { IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Field } from '../../../grid/model';
import { useDrag } from '../../../ui/useDrag';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import { type SortKey, sortWords } from '../model';

/** As many as the server takes. */
const mostKeys = 10;

interface Props {
  fields: readonly Field[];
  sort: readonly SortKey[];
  onChange: (sort: SortKey[]) => void;
}

/** Keys of the sort, most important first. */
export function SortEditor({ fields, sort, onChange }: Props) {
  const { t } = useTranslation('base');
  const move = (from: number, to: number) => {
    const next = [...sort];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const drag = useDrag(sort.length, move);
  const free = fields.filter((field) => !sort.some((key) => key.field === field.id));
  const set = (i: number, change: Partial<SortKey>) =>
    onChange(sort.map((key, k) => (k === i ? { ...key, ...change } : key)));
  return (
    <div className={classes.pop} style={{ width: 'min(420px, calc(100vw - 32px))' }}>
      <div className={classes.popTitle}>{t(sort.length === 0 ? 'sort.none' : 'sort.title')}</div>
      {sort.map((key, i) => {
        const field = fields.find((f) => f.id === key.field);
        return (
          <div key={key.field} className={classes.line} {...drag.line(i)}>
            <button type="button" className={classes.grip} aria-label={t('moveKeys')} {...drag.handle(i)}>
              <IconGripVertical size={14} />
            </button>
            <Select
              size="xs"
              flex={1}
              aria-label={t('sort.field')}
              leftSection={field && <FieldIcon type={field.type} size={14} />}
              data={fields
                .filter((f) => f.id === key.field || free.includes(f))
                .map((f) => ({ value: f.id, label: f.name }))}
              value={key.field}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              onChange={(id) => id && set(i, { field: id })}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('sort.direction')}
              value={key.descending ? 'down' : 'up'}
              data={[
                { value: 'up', label: t(`sort.up.${field ? sortWords(field) : 'text'}`) },
                { value: 'down', label: t(`sort.down.${field ? sortWords(field) : 'text'}`) },
              ]}
              onChange={(direction) => set(i, { descending: direction === 'down' })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t('sort.remove')}
              onClick={() => onChange(sort.filter((_, k) => k !== i))}
            >
              <IconTrash size={15} stroke={1.7} />
            </ActionIcon>
          </div>
        );
      })}
      <div className={classes.foot}>
        {free[0] && sort.length < mostKeys && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => free[0] && onChange([...sort, { field: free[0].id, descending: false }])}
          >
            {t('sort.add')}
          </Button>
        )}
        {sort.length > 0 && (
          <Button variant="subtle" color="gray" size="compact-sm" ml="auto" onClick={() => onChange([])}>
            {t('filter.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}
