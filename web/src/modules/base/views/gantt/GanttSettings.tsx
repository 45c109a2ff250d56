import { Button, Chip, Group, Input, Select, Switch, Textarea } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldSelect } from '../FieldSelect';
import type { SettingsProps } from '../kinds';
import { type TimeScale, takes } from '../model';
import classes from '../Views.module.css';
import { isoDay, parseDay, scales } from './axis';
import { WaitingFields } from './WaitMenu';
import { usual } from './waits';

const week = ['1', '2', '3', '4', '5', '6', '7'];
/** 1970-01-05 was a Monday. */
const monday = Date.UTC(1970, 0, 5);

/** The fields bars are drawn by, what waits for what, and which days are worked on. */
export default function GanttSettings({ table, kind, onKind, createField }: SettingsProps<'gantt'>) {
  const { t, i18n } = useTranslation('view');
  const [days, setDays] = useState((kind.holidays ?? []).join('\n'));
  const lines = days.split(/[\s,，、]+/).filter((line) => line !== '');
  const wrong = lines.find((line) => parseDay(line) === undefined || isoDay(parseDay(line) ?? 0) !== line);
  const short = new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' });
  const peers = table.fields.filter(takes.peers(table));
  const dates = table.fields.filter(takes.date);
  return (
    <div className={classes.settings}>
      <FieldSelect
        label={t('gantt.start')}
        fields={dates}
        value={kind.start}
        isOptional={false}
        onChange={(start) => onKind({ ...kind, start })}
      />
      <FieldSelect
        label={t('gantt.end')}
        fields={dates.filter((field) => field.id !== kind.start)}
        value={kind.end}
        isOptional
        onChange={(end) => onKind({ ...kind, end })}
      />
      <FieldSelect
        label={t('gantt.progress')}
        fields={table.fields.filter(takes.number)}
        value={kind.progress}
        isOptional
        onChange={(progress) => onKind({ ...kind, progress })}
      />
      <FieldSelect
        label={t('gantt.milestone')}
        fields={table.fields.filter(takes.checkbox)}
        value={kind.milestone}
        isOptional
        onChange={(milestone) => onKind({ ...kind, milestone })}
      />
      <FieldSelect
        label={t('gantt.predecessors')}
        description={t('gantt.predecessorsHint')}
        fields={peers}
        value={kind.predecessors}
        isOptional
        onChange={(predecessors) => onKind({ ...kind, predecessors })}
      />
      {!kind.predecessors && (
        <Button
          size="compact-xs"
          variant="light"
          leftSection={<IconPlus size={13} />}
          onClick={() =>
            void createField({ name: t('gantt.predecessors'), type: 'link', table: table.id, multiple: true }).then(
              (predecessors) => predecessors && onKind({ ...kind, predecessors }),
            )
          }
        >
          {t('gantt.addPredecessors')}
        </Button>
      )}
      {kind.predecessors && (
        <>
          <WaitingFields waiting={kind.waits ?? usual} onChange={(waits) => onKind({ ...kind, waits })} />
          <Switch
            size="xs"
            label={t('gantt.auto')}
            description={t('gantt.autoHint')}
            checked={kind.auto_schedule ?? false}
            onChange={(event) => onKind({ ...kind, auto_schedule: event.currentTarget.checked })}
          />
        </>
      )}
      <Select
        size="xs"
        label={t('gantt.opensWith')}
        data={scales.map((value) => ({ value, label: t(`gantt.scales.${value}`) }))}
        value={kind.scale ?? 'week'}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(scale) => scale && onKind({ ...kind, scale: scale as TimeScale })}
      />
      <Input.Wrapper size="xs" label={t('gantt.workingDays')}>
        <Chip.Group
          multiple
          value={kind.working_days.map(String)}
          onChange={(picked) => picked.length > 0 && onKind({ ...kind, working_days: picked.map(Number).toSorted() })}
        >
          <Group gap={4} mt={4}>
            {week.map((day) => (
              <Chip key={day} value={day} size="xs" radius="sm">
                {short.format(monday + (Number(day) - 1) * 86_400_000)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Input.Wrapper>
      <Textarea
        size="xs"
        label={t('gantt.holidays')}
        description={t('gantt.holidaysHint')}
        placeholder="2026-10-01"
        autosize
        minRows={1}
        maxRows={6}
        value={days}
        error={wrong && t('gantt.wrongDay', { day: wrong })}
        onChange={(event) => setDays(event.currentTarget.value)}
        onBlur={() => !wrong && onKind({ ...kind, holidays: [...new Set(lines)].toSorted() })}
      />
    </div>
  );
}
