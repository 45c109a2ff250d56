import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core';
import { IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { canGroup, type GroupBy, type GroupKey, isListed, newLevel, waysOf } from '../../../grid/groups/model';
import type { Field } from '../../../grid/model';
import { useDrag } from '../../../ui/useDrag';
import classes from '../Base.module.css';
import { FoldButtons } from '../FoldButtons';
import { FieldIcon } from '../fields/FieldIcon';
import { sortWords } from '../model';

/** As many as the server takes. */
const mostLevels = 3;

interface Props {
  fields: readonly Field[];
  levels: readonly GroupKey[];
  onChange: (levels: GroupKey[]) => void;
  onFoldAll: (folded: boolean) => void;
}

const inside = { withinPortal: false } as const;

/** By what records are grouped, outermost first. */
export function GroupEditor({ fields, levels, onChange, onFoldAll }: Props) {
  const { t } = useTranslation('group');
  const { t: tBase } = useTranslation('base');
  const move = (from: number, to: number) => {
    const next = [...levels];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const drag = useDrag(levels.length, move);
  const free = fields.filter((field) => canGroup(field) && !levels.some((level) => level.field === field.id));
  const set = (i: number, next: GroupKey) => onChange(levels.map((level, k) => (k === i ? next : level)));
  return (
    <div className={classes.pop} style={{ width: 'min(500px, calc(100vw - 32px))' }}>
      <div className={classes.popTitle}>{t(levels.length === 0 ? 'noGroups' : 'title')}</div>
      {levels.map((level, i) => {
        const field = fields.find((one) => one.id === level.field);
        return (
          <div key={level.field} className={classes.line} {...drag.line(i)}>
            <button type="button" className={classes.grip} aria-label={tBase('moveKeys')} {...drag.handle(i)}>
              <IconGripVertical size={14} />
            </button>
            <Select
              size="xs"
              flex={1}
              aria-label={t('field')}
              leftSection={field && <FieldIcon type={field.type} size={14} />}
              data={fields
                .filter((one) => one.id === level.field || free.includes(one))
                .map((one) => ({ value: one.id, label: one.name }))}
              value={level.field}
              allowDeselect={false}
              searchable={fields.length > 8}
              comboboxProps={inside}
              onChange={(id) => {
                const next = fields.find((one) => one.id === id);
                if (next) set(i, { ...newLevel(next), descending: level.descending });
              }}
            />
            {field && <Way field={field} level={level} onChange={(next) => set(i, next)} />}
            <SegmentedControl
              size="xs"
              aria-label={t('direction')}
              value={level.descending ? 'down' : 'up'}
              data={[
                { value: 'up', label: tBase(`sort.up.${field ? sortWords(field) : 'text'}`) },
                { value: 'down', label: tBase(`sort.down.${field ? sortWords(field) : 'text'}`) },
              ]}
              onChange={(direction) => set(i, { ...level, descending: direction === 'down' })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t('remove')}
              onClick={() => onChange(levels.filter((_, k) => k !== i))}
            >
              <IconTrash size={15} stroke={1.7} />
            </ActionIcon>
          </div>
        );
      })}
      <div className={classes.foot}>
        {free[0] && levels.length < mostLevels && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => free[0] && onChange([...levels, newLevel(best(free))])}
          >
            {t('addLevel')}
          </Button>
        )}
        {levels.length > 0 && (
          <>
            <FoldButtons fold={t('foldAll')} unfold={t('unfoldAll')} onFoldAll={onFoldAll} />
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onChange([])}>
              {t('clear')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** The field people most likely mean: one of choices, else the first. */
function best(free: readonly Field[]): Field {
  return (free.find((field) => field.type === 'select') ?? free[0]) as Field;
}

function Way({ field, level, onChange }: { field: Field; level: GroupKey; onChange: (level: GroupKey) => void }) {
  const { t } = useTranslation('group');
  const ways = waysOf(field);
  if (ways.length < 2) return null;
  const label = (way: GroupBy) => t(`way.${way === 'value' && isListed(field) ? 'list' : way}`);
  return (
    <Select
      size="xs"
      w={104}
      aria-label={t('by')}
      data={ways.map((way) => ({ value: way, label: label(way) }))}
      value={level.by ?? 'value'}
      allowDeselect={false}
      comboboxProps={inside}
      onChange={(way) => {
        const { by: _, ...rest } = level;
        onChange(way && way !== 'value' ? { ...rest, by: way as GroupBy } : rest);
      }}
    />
  );
}
