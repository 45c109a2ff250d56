/** The days of a month that have something, one under the other: a calendar where there is little width. */
import { Button } from '@mantine/core';
import { IconCalendarOff, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewRow } from '../../../../data/live-view';
import { EmptyState } from '../../../../ui/States';
import type { Day } from '../time/days';
import type { Timed } from '../time/useTimeRows';
import classes from './Calendar.module.css';
import { useCalendar } from './context';
import { Event } from './Event';
import { longDay, onDay } from './model';
import { UndatedItem } from './Undated';

interface Props {
  from: Day;
  to: Day;
  /** In order. */
  timed: readonly Timed[];
  undated: readonly ViewRow[];
}

/** Records of a day that are shown before one asks for more. */
const most = 30;

export function Agenda({ from, to, timed, undated }: Props) {
  const { t } = useTranslation('calendar');
  const days = Array.from({ length: to - from }, (_, i) => from + i);
  const filled = days.map((day) => ({ day, all: onDay(timed, day) })).filter(({ all }) => all.length > 0);
  const [more, setMore] = useState(most);
  const { today } = useCalendar();
  const area = useRef<HTMLDivElement>(null);
  const next = filled.find(({ day }) => day >= today)?.day;
  // Of the month that goes on one sees what is to come.
  useEffect(() => {
    if (next === undefined || next === from) return;
    area.current?.querySelector(`[data-section="${next}"]`)?.scrollIntoView({ block: 'start' });
  }, [next, from]);
  return (
    <div ref={area} className={classes.agenda}>
      {filled.length === 0 && <EmptyState icon={IconCalendarOff} title={t('empty')} />}
      {filled.map(({ day, all }) => (
        <AgendaDay key={day} day={day} all={all} />
      ))}
      {undated.length > 0 && (
        <section className={classes.agendaDay}>
          <h3 className={classes.agendaHead}>{t('undated')}</h3>
          {undated.slice(0, more).map((row) => (
            <UndatedItem key={row.id} row={row} />
          ))}
          {undated.length > more && (
            <Button variant="subtle" size="compact-sm" onClick={() => setMore(more + 100)}>
              {t('more', { count: undated.length - more })}
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

function AgendaDay({ day, all }: { day: Day; all: readonly Timed[] }) {
  const { t } = useTranslation('calendar');
  const { today, locale, mayCreate, onCreate } = useCalendar();
  const [shown, setShown] = useState(most);
  return (
    <section className={classes.agendaDay} data-section={day}>
      <h3 className={classes.agendaHead} data-today={day === today}>
        <span>{longDay(day, locale.language)}</span>
        {mayCreate && (
          <button
            type="button"
            className={classes.plus}
            aria-label={t('newOn', { day: longDay(day, locale.language) })}
            onClick={() => onCreate(day, null)}
          >
            <IconPlus size={16} aria-hidden="true" />
          </button>
        )}
      </h3>
      {all.slice(0, shown).map((one) => (
        <Event key={one.row.id} timed={one} shape="line" before={one.span.start < day} tabIndex={0} />
      ))}
      {all.length > shown && (
        <Button variant="subtle" size="compact-sm" onClick={() => setShown(shown + 100)}>
          {t('more', { count: all.length - shown })}
        </Button>
      )}
    </section>
  );
}
