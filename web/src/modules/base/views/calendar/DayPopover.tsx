/** All records of a day, where the calendar has no room for them. */
import { Popover } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Day } from '../time/days';
import type { Timed } from '../time/useTimeRows';
import classes from './Calendar.module.css';
import { useCalendar } from './context';
import { Event } from './Event';
import { longDay, onDay } from './model';

interface Props {
  shown: { day: Day; at: DOMRect } | null;
  /** In order. */
  timed: readonly Timed[];
  onClose: () => void;
}

/** More than anybody reads. */
const most = 300;

export function DayPopover({ shown, timed, onClose }: Props) {
  const { t } = useTranslation('calendar');
  const { locale, mayCreate, onCreate } = useCalendar();
  const all = shown ? onDay(timed, shown.day) : [];
  return (
    <Popover
      opened={shown !== null}
      onChange={(open) => !open && onClose()}
      position="right-start"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <span
          aria-hidden="true"
          className={classes.anchor}
          style={
            shown ? { left: shown.at.left, top: shown.at.top, width: shown.at.width, height: shown.at.height } : {}
          }
        />
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={shown ? longDay(shown.day, locale.language) : undefined}>
        {shown && (
          <div className={classes.dayPopover}>
            <header className={classes.agendaHead}>
              <span>{longDay(shown.day, locale.language)}</span>
              {mayCreate && (
                <button
                  type="button"
                  className={classes.plus}
                  aria-label={t('newOn', { day: longDay(shown.day, locale.language) })}
                  onClick={() => {
                    onClose();
                    onCreate(shown.day, null);
                  }}
                >
                  <IconPlus size={16} aria-hidden="true" />
                </button>
              )}
            </header>
            <div className={classes.dayPopoverList}>
              {all.slice(0, most).map((one, i) => (
                <Event
                  key={one.row.id}
                  timed={one}
                  shape="line"
                  before={one.span.start < shown.day}
                  tabIndex={0}
                  first={i === 0}
                />
              ))}
              {all.length > most && <p className={classes.hint}>{t('more', { count: all.length - most })}</p>}
            </div>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
