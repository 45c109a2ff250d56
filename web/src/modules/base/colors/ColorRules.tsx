/** The rules by which a view colours records: first to last, the first that holds counts. */
import { ActionIcon, Button, Select } from '@mantine/core';
import { IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import { nextColor } from '../../../grid/palette';
import { useDrag } from '../../../ui/useDrag';
import classes from '../Base.module.css';
import { ColorPick } from '../fields/ColorPick';
import { FilterBuilder } from '../filter/FilterBuilder';
import { keyOf, mostRules, newRule, type RuleDraft, targetOf } from './model';

interface Props {
  fields: readonly Field[];
  rules: readonly RuleDraft[];
  locale: Locale;
  onChange: (rules: RuleDraft[]) => void;
}

const inside = { withinPortal: false, floatingStrategy: 'fixed' } as const;

export function ColorRules({ fields, rules, locale, onChange }: Props) {
  const { t } = useTranslation('base');
  const move = (from: number, to: number) => {
    const next = [...rules];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const drag = useDrag(rules.length, move);
  const set = (at: number, change: Partial<RuleDraft>) =>
    onChange(rules.map((rule, i) => (i === at ? { ...rule, ...change } : rule)));
  return (
    <div className={classes.filterPop}>
      <div className={classes.popTitle}>{t(rules.length === 0 ? 'colors.none' : 'colors.title')}</div>
      {rules.map((rule, i) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no names but their places
          key={`${i} ${rules.length}`}
          className={classes.group}
          aria-label={t('colors.rule', { number: i + 1 })}
        >
          <div className={classes.ruleHead} {...drag.line(i)}>
            <button type="button" className={classes.grip} aria-label={t('moveKeys')} {...drag.handle(i)}>
              <IconGripVertical size={14} />
            </button>
            <ColorPick color={rule.color} onPick={(color) => set(i, { color })} />
            <Select
              size="xs"
              w={190}
              aria-label={t('colors.target')}
              data={[
                { value: 'row', label: t('colors.row') },
                { value: 'bar', label: t('colors.bar') },
                {
                  group: t('colors.cell'),
                  items: fields.map((field) => ({ value: field.id, label: field.name })),
                },
              ]}
              value={keyOf(rule.target)}
              allowDeselect={false}
              maxDropdownHeight={260}
              comboboxProps={inside}
              onChange={(key) => key && set(i, { target: targetOf(key) })}
            />
            <span className={classes.grow} />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t('colors.remove')}
              onClick={() => onChange(rules.filter((_, k) => k !== i))}
            >
              <IconTrash size={15} stroke={1.7} />
            </ActionIcon>
          </div>
          <FilterBuilder
            fields={fields}
            outer={fields}
            group={rule.group}
            locale={locale}
            none={t('colors.incomplete')}
            bare
            onChange={(group) => set(i, { group })}
          />
        </section>
      ))}
      <div className={classes.foot}>
        {rules.length < mostRules && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...rules, newRule(fields, nextColor(rules.map((rule) => rule.color)))])}
          >
            {t('colors.add')}
          </Button>
        )}
        {rules.length > 0 && (
          <Button variant="subtle" color="gray" size="compact-sm" ml="auto" onClick={() => onChange([])}>
            {t('filter.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}
