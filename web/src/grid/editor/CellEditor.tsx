/**
 * The text field that has the focus while the grid has it. Idle it is invisible and hands keys to the grid; the first
 * character, or the beginning of a composition by an input method, turns it into the editor of the focused cell, so that no
 * keystroke is lost.
 */
import { Portal } from '@mantine/core';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { dateParts, formatCell, formatDate, type Locale, parseDate, plainCell } from '../format';
import classes from '../Grid.module.css';
import type { Rect } from '../keyboard';
import { type CellValue, type Choice, choicesOf, type Field, isEmpty } from '../model';
import { parseCell } from '../parse';
import { ChoicePanel } from './ChoicePanel';
import { type Offer, offers } from './choices';
import { DatePanel } from './DatePanel';

export interface EditTarget {
  record: string;
  field: Field;
  value: CellValue;
  /** The editor begins empty: the member typed over the cell. */
  replace: boolean;
}

export type Move = readonly [dx: number, dy: number];

export interface CellEditorHandle {
  focus(): void;
  /** Takes what was typed, as if Enter had been pressed without moving. */
  finish(): void;
}

interface Props {
  ref: Ref<CellEditorHandle>;
  /** Where the focused cell is in the grid; null when it is not visible. */
  bounds: Rect | null;
  target: EditTarget | null;
  locale: Locale;
  label: string;
  touch: boolean;
  canCreateChoices: boolean;
  /** Typing began; answers whether the cell can be edited. */
  onType: () => boolean;
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onCopy: (event: ClipboardEvent, cut: boolean) => void;
  onPaste: (event: ClipboardEvent) => void;
  /** `undefined`: nothing changed. */
  onFinish: (value: CellValue | undefined, move: Move) => void;
  onCreateChoice: (field: Field, name: string) => Promise<Choice | undefined>;
  onFocusChange: (focused: boolean) => void;
}

const two = (n: number) => String(n).padStart(2, '0');

function textOf(target: EditTarget, locale: Locale): string {
  if (target.replace) return '';
  const { field, value } = target;
  if (field.type === 'select' || field.type === 'multi_select') return '';
  if (field.type === 'date' && (typeof value === 'string' || typeof value === 'number')) {
    return formatDate(value, field.time, locale.zone);
  }
  return isEmpty(value) ? '' : plainCell(field, value, locale);
}

export function CellEditor(props: Props) {
  const { ref, bounds, target, locale, label, touch, onFinish } = props;
  const { t } = useTranslation('base');
  const listId = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [highlight, setHighlight] = useState(0);
  const [invalid, setInvalid] = useState(false);
  const open = target !== null;
  const field = target?.field;
  const selecting = field?.type === 'select' || field?.type === 'multi_select';

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus({ preventScroll: true }),
    finish: () => finish([0, 0], true),
  }));

  // Only when another cell begins to be edited; what was typed before stays in the field when typing began it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    const element = input.current;
    if (!element) return;
    setInvalid(false);
    setHighlight(0);
    if (!target) {
      element.value = '';
      setText('');
      return;
    }
    setPicked(
      Array.isArray(target.value) ? (target.value as string[]) : isEmpty(target.value) ? [] : [String(target.value)],
    );
    if (!target.replace) {
      element.value = textOf(target, locale);
      const toEnd = () => element.setSelectionRange(element.value.length, element.value.length);
      toEnd();
      // A double click would select a word of the text that has just appeared under it.
      requestAnimationFrame(toEnd);
    }
    setText(element.value);
    element.focus({ preventScroll: true });
  }, [target]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = input.current;
    if (!element || !bounds) return;
    element.style.height = `${bounds.height}px`;
    if (open && field?.type === 'text') {
      element.style.height = `${Math.min(280, Math.max(bounds.height, element.scrollHeight))}px`;
    }
  }, [text, open, bounds]);

  const found = field && selecting ? offers(choicesOf(field), text, props.canCreateChoices) : [];
  const current = Math.min(highlight, Math.max(0, found.length - 1));

  /** Ends editing. `leaving`: the focus goes elsewhere, so what cannot be read is given up. */
  function finish(move: Move, leaving = false) {
    if (!target || !field) return;
    if (field.type === 'multi_select') return onFinish(sameIds(picked, target.value) ? undefined : [...picked], move);
    if (field.type === 'select') return onFinish(undefined, move);
    const typed = input.current?.value ?? '';
    if (!target.replace && typed === textOf(target, locale)) return onFinish(undefined, move);
    const parsed = parseCell(field, typed, locale, new Date());
    if ('value' in parsed) return onFinish(parsed.value, move);
    if (leaving) return onFinish(undefined, move);
    setInvalid(true);
  }

  async function pick(offer: Offer, move: Move = [0, 0]) {
    if (!field) return;
    const choice = offer.kind === 'choice' ? offer.choice : await props.onCreateChoice(field, offer.name);
    if (!choice) return;
    if (field.type === 'select') return onFinish(choice.id, move);
    setPicked((ids) => (ids.includes(choice.id) ? ids.filter((id) => id !== choice.id) : [...ids, choice.id]));
    if (input.current) input.current.value = '';
    setText('');
    setHighlight(0);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (!open) return props.onKey(event);
    event.stopPropagation();
    const handled = keyInEditor(event);
    if (handled) event.preventDefault();
  }

  function keyInEditor(event: KeyboardEvent): boolean {
    const offer = found[current];
    switch (event.key) {
      case 'Escape':
        onFinish(undefined, [0, 0]);
        return true;
      case 'Tab':
        if (selecting && field?.type === 'select' && text && offer) void pick(offer, [event.shiftKey ? -1 : 1, 0]);
        else finish([event.shiftKey ? -1 : 1, 0]);
        return true;
      case 'Enter':
        if (field?.type === 'text' && (event.shiftKey || event.altKey || event.ctrlKey)) return lineBreak(event);
        if (!selecting) finish([0, 1]);
        else if (offer && (field?.type === 'select' || text !== '' || highlight > 0)) void pick(offer, [0, 1]);
        else finish([0, 1]);
        return true;
      case 'ArrowDown':
      case 'ArrowUp': {
        const by = event.key === 'ArrowDown' ? 1 : -1;
        if (selecting) setHighlight((current + by + found.length) % Math.max(1, found.length));
        else if (target?.replace) finish([0, by]);
        else return false;
        return true;
      }
      case 'Backspace':
        if (!selecting || text !== '') return false;
        if (field?.type === 'multi_select') setPicked((ids) => ids.slice(0, -1));
        else onFinish(null, [0, 0]);
        return true;
      default:
        return false;
    }
  }

  function lineBreak(event: KeyboardEvent): boolean {
    if (event.shiftKey) return false;
    const element = input.current;
    element?.setRangeText('\n', element.selectionStart, element.selectionEnd, 'end');
    setText(element?.value ?? '');
    return true;
  }

  function typed() {
    const element = input.current;
    if (!element) return;
    if (!open && !props.onType()) {
      element.value = '';
      return;
    }
    setText(element.value);
    setHighlight(0);
    setInvalid(false);
  }

  function setDate(day: string | undefined, time?: string) {
    if (field?.type !== 'date' || !day) return;
    const value = parseDate(time ? `${day} ${time}` : day, field.time, locale.zone, new Date());
    onDate(value, time === undefined && !field.time);
  }

  function onDate(value: CellValue, close: boolean) {
    if (close || value === null) return onFinish(value, [0, 0]);
    if (!input.current || field?.type !== 'date' || typeof value !== 'string') return;
    input.current.value = formatCell(field, value, locale);
    setText(input.current.value);
    setInvalid(false);
  }

  return (
    <>
      <textarea
        ref={input}
        className={classes.input}
        data-open={open}
        data-invalid={invalid}
        data-align={field?.type === 'number' ? 'right' : undefined}
        data-grid-input
        aria-label={label}
        aria-invalid={invalid}
        aria-haspopup={selecting ? 'listbox' : undefined}
        aria-controls={selecting ? listId : undefined}
        aria-activedescendant={selecting && found.length > 0 ? `${listId}-${current}` : undefined}
        placeholder={open && selecting ? t('cell.find') : undefined}
        inputMode={touch && !open ? 'none' : field?.type === 'number' ? 'decimal' : 'text'}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        rows={1}
        style={
          bounds
            ? {
                left: bounds.x,
                top: bounds.y,
                width: open && field?.type === 'text' ? Math.max(bounds.width, 180) : bounds.width,
                padding: `${Math.max(2, Math.min(8, (bounds.height - 19) / 2))}px 8px`,
              }
            : { left: 0, top: 0, width: 1, height: 1 }
        }
        onKeyDown={onKeyDown}
        onInput={typed}
        onCompositionStart={() => !open && props.onType()}
        onCopy={(event) => !open && props.onCopy(event, false)}
        onCut={(event) => !open && props.onCopy(event, true)}
        onPaste={(event) => !open && props.onPaste(event)}
        onFocus={() => props.onFocusChange(true)}
        onBlur={(event) => {
          props.onFocusChange(false);
          if (open && !panel.current?.contains(event.relatedTarget)) finish([0, 0], true);
        }}
      />
      {open && bounds && field && (selecting || field.type === 'date' || invalid) && (
        <Floating
          label={label}
          anchor={input}
          bounds={bounds}
          width={field.type === 'date' ? undefined : 260}
          panel={panel}
        >
          {invalid && field.type !== 'checkbox' && (
            <div className={classes.invalid}>{t(`cell.invalid.${field.type}`)}</div>
          )}
          {selecting && (
            <ChoicePanel
              id={listId}
              choices={choicesOf(field)}
              offers={found}
              picked={picked}
              multiple={field.type === 'multi_select'}
              highlight={current}
              onHighlight={setHighlight}
              onPick={(offer) => void pick(offer)}
            />
          )}
          {field.type === 'date' && (
            <DateChoice text={text} field={field} locale={locale} onSet={setDate} onClear={() => onDate(null, true)} />
          )}
        </Floating>
      )}
    </>
  );
}

function sameIds(ids: readonly string[], value: CellValue): boolean {
  const old = Array.isArray(value) ? value : [];
  return ids.length === old.length && ids.every((id, i) => id === old[i]);
}

interface DateChoiceProps {
  text: string;
  field: Extract<Field, { type: 'date' }>;
  locale: Locale;
  onSet: (day: string | undefined, time?: string) => void;
  onClear: () => void;
}

function DateChoice({ text, field, locale, onSet, onClear }: DateChoiceProps) {
  const now = new Date();
  const value = text.trim() === '' ? undefined : parseDate(text, field.time, locale.zone, now);
  const parts = value === undefined ? undefined : dateParts(value, field.time, locale.zone);
  const day = parts ? `${String(parts.year).padStart(4, '0')}-${two(parts.month)}-${two(parts.day)}` : null;
  const time = parts ? `${two(parts.hour)}:${two(parts.minute)}` : '09:00';
  const today = parseDate('today', false, locale.zone, now) ?? '';
  return (
    <DatePanel
      day={day}
      time={field.time ? time : undefined}
      today={today}
      onDay={(picked) => onSet(picked, field.time ? time : undefined)}
      onTime={(picked) => onSet(day ?? today, picked)}
      onClear={onClear}
    />
  );
}

interface FloatingProps {
  label: string;
  anchor: React.RefObject<HTMLTextAreaElement | null>;
  bounds: Rect;
  width: number | undefined;
  panel: React.RefObject<HTMLDivElement | null>;
  children: React.ReactNode;
}

/** A panel under the cell, or above it where there is no room. A press in it does not take the focus from the text field. */
function Floating({ label, anchor, bounds, width, panel, children }: FloatingProps) {
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cell may have moved
  useEffect(() => {
    const cell = anchor.current?.getBoundingClientRect();
    const own = panel.current?.getBoundingClientRect();
    if (!cell || !own) return;
    const below = cell.bottom + 5;
    const fits = below + own.height < innerHeight - 8 || cell.top < own.height + 8;
    setPlace({
      left: Math.max(8, Math.min(cell.left, innerWidth - own.width - 8)),
      top: fits ? Math.min(below, Math.max(8, innerHeight - own.height - 8)) : cell.top - own.height - 5,
    });
  }, [bounds, children]);
  return (
    <Portal>
      <div
        ref={panel}
        role="dialog"
        aria-label={label}
        className={classes.panel}
        style={{ width, left: place?.left ?? 0, top: place?.top ?? 0, visibility: place ? 'visible' : 'hidden' }}
        onMouseDown={(event) => {
          if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
        }}
      >
        {children}
      </div>
    </Portal>
  );
}
