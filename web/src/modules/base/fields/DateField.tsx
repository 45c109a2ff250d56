import { Popover, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { DatePanel } from '../../../grid/editor/DatePanel';
import { dateParts, formatDate, type Locale, parseDate } from '../../../grid/format';

interface Props {
  value: string | number | null;
  time: boolean;
  locale: Locale;
  label: string;
  placeholder?: string;
  size?: 'xs' | 'sm';
  onChange: (value: string | null) => void;
  /** Whether it stands in a popover, which a press in a portal would close. */
  inside?: boolean;
}

const two = (n: number) => String(n).padStart(2, '0');

/** A date that can be typed or picked, with a time if the field has one. */
export function DateField({ value, time, locale, label, placeholder, size = 'sm', onChange, inside }: Props) {
  const shown = value === null ? '' : formatDate(value, time, locale.zone);
  const [text, setText] = useState(shown);
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(shown);
    setWrong(false);
  }, [shown]);
  const now = new Date();
  const today = parseDate('today', false, locale.zone, now) ?? '';
  const parts = value === null ? undefined : dateParts(value, time, locale.zone);
  const day = parts ? `${String(parts.year).padStart(4, '0')}-${two(parts.month)}-${two(parts.day)}` : null;
  const clock = parts ? `${two(parts.hour)}:${two(parts.minute)}` : '09:00';

  function commit(typed: string) {
    if (typed.trim() === shown) return setText(shown);
    if (typed.trim() === '') return onChange(null);
    const parsed = parseDate(typed, time, locale.zone, now);
    if (parsed === undefined) setWrong(true);
    else onChange(parsed);
  }

  function set(picked: string, at: string) {
    const next = parseDate(time ? `${picked} ${at}` : picked, time, locale.zone, now);
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
