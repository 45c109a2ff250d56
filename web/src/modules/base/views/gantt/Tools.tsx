import { Button, SegmentedControl } from '@mantine/core';
import { IconCalendarEvent, IconFlame, IconWand } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TimeScale } from '../model';
import type { Schedule } from './api';
import { scales } from './axis';
import classes from './Gantt.module.css';

interface Props {
  scale: TimeScale;
  onScale: (scale: TimeScale) => void;
  onToday: () => void;
  critical: boolean;
  onCritical: (critical: boolean) => void;
  /** Whether there is a field that says what waits for what. */
  waits: boolean;
  editable: boolean;
  busy: boolean;
  onSchedule: () => void;
}

/** How wide time is drawn, and what is scheduled. */
export function Tools({ scale, critical, waits, editable, busy, ...on }: Props) {
  const { t } = useTranslation('view');
  return (
    <div className={classes.tools}>
      <SegmentedControl
        size="xs"
        aria-label={t('gantt.scale')}
        value={scale}
        data={scales.map((value) => ({ value, label: t(`gantt.scales.${value}`) }))}
        onChange={(value) => on.onScale(value as TimeScale)}
      />
      <Button size="compact-sm" variant="default" leftSection={<IconCalendarEvent size={15} />} onClick={on.onToday}>
        {t('gantt.today')}
      </Button>
      <span className={classes.spacer} />
      {waits && (
        <Button
          size="compact-sm"
          variant={critical ? 'light' : 'subtle'}
          color={critical ? 'red' : 'gray'}
          aria-pressed={critical}
          leftSection={<IconFlame size={15} />}
          onClick={() => on.onCritical(!critical)}
        >
          {t('gantt.critical')}
        </Button>
      )}
      {waits && editable && (
        <Button
          size="compact-sm"
          variant="default"
          loading={busy}
          leftSection={<IconWand size={15} />}
          onClick={on.onSchedule}
        >
          {t('gantt.schedule')}
        </Button>
      )}
    </div>
  );
}

interface NoticeProps {
  preview: Schedule;
  nameOf: (record: string) => string;
  onApply: () => void;
  onDrop: () => void;
}

/** What scheduling would do, before it is done. */
export function PreviewNotice({ preview, nameOf, onApply, onDrop }: NoticeProps) {
  const { t } = useTranslation('view');
  const [cycle] = preview.cycles;
  return (
    <div className={classes.notice} role="status">
      <p>
        {t('gantt.wouldMove', { count: preview.moves.length })}
        {cycle && ` ${t('gantt.cycle', { tasks: [...cycle, cycle[0] ?? ''].map(nameOf).join(' → ') })}`}
      </p>
      <Button size="compact-sm" disabled={preview.moves.length === 0} onClick={onApply}>
        {t('gantt.apply', { count: preview.moves.length })}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onDrop}>
        {t('gantt.cancel')}
      </Button>
    </div>
  );
}
