/** The keys of a calendar: arrows go from day to day, letters do what the buttons over it do. */
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../../../app/commands';
import type { Day } from '../time/days';
import type { Scale } from './model';

interface Options {
  area: RefObject<HTMLElement | null>;
  cursor: Day;
  scale: Scale;
  group: string;
  mayCreate: boolean;
  onDay: (day: Day) => void;
  onStep: (by: number) => void;
  onToday: () => void;
  onScale: (scale: Scale) => void;
  onCreate: () => void;
  onOpenDay: () => void;
}

const arrows: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function useCalendarKeys(options: Options) {
  const { area, cursor, scale, group, mayCreate, onDay, onStep } = options;
  const { t } = useTranslation('calendar');
  const focuses = useRef(false);
  // The day that was gone to may have come into sight only now.
  useEffect(() => {
    if (!focuses.current) return;
    focuses.current = false;
    const cell = area.current?.querySelector<HTMLElement>(
      `[role=gridcell][data-day="${cursor}"], [data-cell="${cursor}"]`,
    );
    cell?.focus();
    cell?.scrollIntoView({ block: 'nearest' });
  }, [area, cursor]);
  const command = (id: string, key: string, title: string, run: () => void, when?: () => boolean) => ({
    id: `calendar.${id}`,
    title,
    group,
    keys: [key],
    run,
    ...(when ? { when } : {}),
  });
  useCommands([
    command('today', 't', t('today'), options.onToday),
    command('month', 'm', t('keys.month'), () => options.onScale('month')),
    command('week', 'w', t('keys.week'), () => options.onScale('week')),
    command('day', 'd', t('keys.day'), () => options.onScale('day')),
    command('new', 'n', t('keys.new'), options.onCreate, () => mayCreate),
    command('previous', 'PageUp', t('previous'), () => onStep(-1)),
    command('next', 'PageDown', t('next'), () => onStep(1)),
  ]);
  const { onOpenDay } = options;
  return useCallback(
    (event: KeyboardEvent) => {
      if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.target instanceof Element) || !event.target.matches('[role=gridcell], [data-cell]')) return;
      const step = arrows[event.key];
      const vertical = Math.abs(step ?? 0) === 7 && scale !== 'month';
      if (step !== undefined && !vertical) {
        focuses.current = true;
        onDay(cursor + step);
      } else if (event.key === 'Enter' && event.target.matches('[role=gridcell], [data-cell]')) onOpenDay();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    [cursor, scale, onDay, onOpenDay],
  );
}
