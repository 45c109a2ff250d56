import { Popover, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatDate, parseDate, zoneOf } from '../../../grid/dates';
import { DatePanel } from '../../../grid/editor/DatePanel';
import type { Locale } from '../../../grid/format';
import type { DateStyle } from '../../../grid/model';

interface Props {
  value: string | number | null;
  style: DateStyle;
  locale: Locale;
  label: string;
  placeholder?: string;
  size?: 'xs' | 'sm';
  onChange: (value: string | null) => void;
  /** Whether it stands in a popover, which a press in a portal would close. */
  inside?: boolean;
}

/** A date that can be typed or picked, with a time in the zone of the field if it has one. */
export function DateField({ value, style, locale, label, placeholder, size = 'sm', onChange, inside }: Props) {
  const { time } = style;
  const zone = zoneOf(style, locale.zone);
  const shown = value === null ? '' : formatDate(value, time, zone);
  const [text, setText] = useState(shown);
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(shown);
    setWrong(false);
  }, [shown]);
  const now = new Date();
  const read = (typed: string) => parseDate(typed, time, zone, now, style.format);
  const today = formatDate(now.toISOString(), true, zone).slice(0, 10);
  const day = value === null ? null : shown.slice(0, 10);
  const clock = (time && shown.slice(11)) || '09:00';

  function commit(typed: string) {
    if (typed.trim() === shown) return setText(shown);
    if (typed.trim() === '') return onChange(null);
    const parsed = read(typed);
    if (parsed === undefined) setWrong(true);
    else onChange(parsed);
  }

  function set(picked: string, at: string) {
    const next = read(time ? `${picked} ${at}` : picked);
    if (next !== undefined) onChange(next);
  }

  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      trapFocus={false}
      shadow="md"
      withRoles={false}
      withinPortal={!inside}
      floatingStrategy={inside ? 'fixed' : 'absolute'}
    >
      <Popover.Target>
        <TextInput
          size={size}
          value={text}
          error={wrong}
          aria-label={label}
          placeholder={placeholder ?? (time ? 'YYYY-MM-DD HH:mm' : 'YYYY-MM-DD')}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => commit(text)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Enter') {
              commit(text);
              setOpen(false);
            }
          }}
        />
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <DatePanel
          day={day}
          time={time ? clock : undefined}
          today={today}
          onDay={(picked) => {
            set(picked, clock);
            if (!time) setOpen(false);
          }}
          onTime={(at) => set(day ?? today, at)}
          onClear={() => {
            onChange(null);
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
