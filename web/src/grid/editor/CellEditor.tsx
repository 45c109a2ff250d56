/**
 * The text field that has the focus while the grid has it. Idle it is invisible and hands keys to the grid; the first
 * character, or the beginning of a composition by an input method, turns it into the editor of the focused cell, so that no
 * keystroke is lost. What more a type needs stands in a panel under it.
 */
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { editableCell, type Locale } from '../format';
import classes from '../Grid.module.css';
import type { Rect } from '../keyboard';
import { fitsFormat } from '../links';
import { type CellValue, type Field, type FileRef, isFile, isPlace, itemsOf } from '../model';
import { starsOf } from '../numbers';
import { parseCell, parsePlace } from '../parse';
import { DateChoice } from './DateChoice';
import { FilesPanel } from './FilesPanel';
import { Floating } from './Floating';
import { PickPanel } from './PickPanel';
import { PlacePanel } from './PlacePanel';
import { findText, isLinkField, isPicked, type Pick, pickedIn, sameIds } from './picks';
import { StarsPanel } from './StarsPanel';
import { usePicks } from './usePicks';

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
  /** What is in the cell by now. */
  value: CellValue;
  locale: Locale;
  label: string;
  touch: boolean;
  canCreateChoices: boolean;
  /** Typing began; answers whether the cell can be edited. */
  onType: () => boolean;
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onCopy: (event: ClipboardEvent, cut: boolean) => void;
  onPaste: (event: ClipboardEvent) => void;
  /** Sets the cell and goes on editing. */
  onCommit: (value: CellValue) => void;
  /** `undefined`: nothing changed. */
  onFinish: (value: CellValue | undefined, move: Move) => void;
  onOpenRecord: (field: Field, record: string) => void;
}

function textOf(target: EditTarget, locale: Locale): string {
  if (target.replace || isPicked(target.field) || target.field.type === 'attachment') return '';
  return editableCell(target.field, target.value, locale);
}

const isRating = (field: Field | undefined) => field?.type === 'number' && field.format === 'rating';
const isLong = (field: Field | undefined) => field?.type === 'text' && field.format === 'long';
const isRight = (field: Field | undefined) => field?.type === 'number' && !isRating(field);

export function CellEditor(props: Props) {
  const { ref, bounds, target, locale, label, touch, onFinish } = props;
  const { t } = useTranslation('base');
  const listId = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [highlight, setHighlight] = useState(0);
  const [invalid, setInvalid] = useState(false);
  const open = target !== null;
  const field = target?.field;
  const picking = isPicked(field) ? field : undefined;
  const picks = usePicks({
    field: picking,
    record: target?.record,
    value: target?.value,
    query: picking ? text : '',
    locale,
    canCreate: props.canCreateChoices,
  });

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
      const least = isLong(field) ? Math.max(bounds.height, 118) : bounds.height;
      element.style.height = `${Math.min(320, Math.max(least, element.scrollHeight))}px`;
    }
  }, [text, open, bounds]);

  const { offered } = picks;
  const current = Math.min(highlight, Math.max(0, offered.length - 1));

  /** Ends editing. `leaving`: the focus goes elsewhere, so what cannot be read is given up. */
  function finish(move: Move, leaving = false) {
    if (!target || !field) return;
    if (picking) {
      const before = pickedIn(picking, target.value, locale);
      const same = !picks.whole || !picks.multiple || sameIds(before, picks.picked);
      return onFinish(same ? undefined : picks.valueOf(picks.picked), move);
    }
    const typed = input.current?.value ?? '';
    if (field.type === 'attachment') return onFinish(undefined, move);
    if (!target.replace && typed === textOf(target, locale)) return onFinish(undefined, move);
    const parsed = parseCell(field, typed, locale, new Date());
    if ('value' in parsed) return onFinish(parsed.value, move);
    if (leaving) return onFinish(undefined, move);
    setInvalid(true);
  }

  async function pick(picked: Pick, move: Move = [0, 0]) {
    const next = await picks.toggle(picked);
    if (!next) return;
    if (!picks.multiple) return onFinish(picks.valueOf(next), move);
    if (input.current) input.current.value = '';
    setText('');
    setHighlight(0);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (!open) return props.onKey(event);
    event.stopPropagation();
    if (keyInEditor(event)) event.preventDefault();
  }

  function keyInEditor(event: KeyboardEvent): boolean {
    const offer = offered[current];
    switch (event.key) {
      case 'Escape':
        onFinish(undefined, [0, 0]);
        return true;
      case 'Tab':
        if (picking && !picks.multiple && text && offer) void pick(offer, [event.shiftKey ? -1 : 1, 0]);
        else finish([event.shiftKey ? -1 : 1, 0]);
        return true;
      case 'Enter':
        if (field?.type === 'text' && (event.shiftKey || event.altKey || event.ctrlKey)) return lineBreak(event);
        if (picking && offer && (!picks.multiple || text !== '' || highlight > 0)) void pick(offer, [0, 1]);
        else finish([0, 1]);
        return true;
      case 'ArrowDown':
      case 'ArrowUp': {
        const by = event.key === 'ArrowDown' ? 1 : -1;
        if (picking) setHighlight((current + by + offered.length) % Math.max(1, offered.length));
        else if (target?.replace) finish([0, by]);
        else return false;
        return true;
      }
      case 'Backspace':
        if (!picking || text !== '' || !picks.whole) return false;
        if (picks.multiple) picks.setPicked(picks.picked.slice(0, -1));
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

  function typed(composing: boolean) {
    const element = input.current;
    if (!element) return;
    if (!open && !props.onType()) {
      element.value = '';
      return;
    }
    setText(element.value);
    setHighlight(0);
    setInvalid(false);
    if (!composing) rate(element.value);
  }

  /** A digit typed on stars is all there is to type. */
  function rate(digit: string) {
    const stars =
      field?.type === 'number' && isRating(field) && /^[\d０-９]$/.test(digit) ? digit.normalize('NFKC') : '';
    if (stars && field?.type === 'number') onFinish(Math.min(starsOf(field), Number(stars)) || null, [0, 0]);
  }

  // When typing began the editing, the field is known only now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each cell
  useLayoutEffect(() => {
    if (target?.replace) rate(input.current?.value ?? '');
  }, [target]);

  const hint = field?.type === 'text' && field.format && !fitsFormat(text, field.format) ? field.format : undefined;
  const panelFor =
    field && (picking || invalid || hint || ['date', 'attachment', 'location'].includes(field.type) || isRating(field));

  return (
    <>
      <textarea
        ref={input}
        className={classes.input}
        data-open={open}
        data-invalid={invalid}
        data-align={isRight(field) ? 'right' : undefined}
        data-grid-input
        aria-label={label}
        aria-invalid={invalid}
        aria-haspopup={picking ? 'listbox' : undefined}
        aria-controls={picking ? listId : undefined}
        aria-activedescendant={picking && offered.length > 0 ? `${listId}-${current}` : undefined}
        placeholder={open && picking ? t(findText(picking.type)) : undefined}
        inputMode={touch && !open ? 'none' : modeOf(field)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        rows={1}
        style={bounds ? placeOf(bounds, open ? field : undefined) : { left: 0, top: 0, width: 1, height: 1 }}
        onKeyDown={onKeyDown}
        onInput={(event) => typed((event.nativeEvent as InputEvent).isComposing === true)}
        onCompositionStart={() => !open && props.onType()}
        onCompositionEnd={() => rate(input.current?.value ?? '')}
        onCopy={(event) => !open && props.onCopy(event, false)}
        onCut={(event) => !open && props.onCopy(event, true)}
        onPaste={(event) => (!open || field?.type === 'attachment') && props.onPaste(event)}
        onBlur={(event) => {
          if (open && !panel.current?.contains(event.relatedTarget)) finish([0, 0], true);
        }}
      />
      {open && bounds && target && panelFor && (
        <Floating label={label} anchor={input} bounds={bounds} width={widthOf(target.field)} panel={panel}>
          {invalid && <div className={classes.invalid}>{t(`field:invalid.${target.field.type}`)}</div>}
          {hint && !invalid && (
            <div className={classes.invalid} data-soft>
              {t(`field:hint.${hint}`)}
            </div>
          )}
          {picking && (
            <PickPanel
              id={listId}
              offered={offered}
              picked={picks.picked}
              multiple={picks.multiple}
              highlight={current}
              busy={picks.busy || !picks.whole}
              nothing={t(
                picking.type === 'select' || picking.type === 'multi_select' ? 'cell.noChoices' : 'field:pick.nothing',
              )}
              onHighlight={setHighlight}
              onPick={(one) => void pick(one)}
              {...(picks.multiple ? { onOrder: picks.setPicked } : {})}
              {...(isLinkField(picking) ? { onOpen: (one: Pick) => props.onOpenRecord(picking, one.id) } : {})}
            />
          )}
          {target.field.type === 'date' && (
            <DateChoice
              text={text}
              field={target.field}
              locale={locale}
              onChange={(value, typedText, close) => {
                if (close) return onFinish(value, [0, 0]);
                if (input.current) input.current.value = typedText;
                setText(typedText);
                setInvalid(false);
              }}
            />
          )}
          {target.field.type === 'attachment' && (
            <FilesPanel
              record={target.record}
              field={target.field}
              files={(itemsOf(props.value) as readonly unknown[]).filter(isFile)}
              editable
              onChange={(files: FileRef[]) => props.onCommit(files.length > 0 ? files : null)}
            />
          )}
          {target.field.type === 'location' && (
            <PlacePanel
              place={parsePlace(text) ?? (isPlace(target.value) ? target.value : null)}
              onChange={(place) => onFinish(place, [0, 0])}
            />
          )}
          {target.field.type === 'number' && isRating(target.field) && (
            <StarsPanel
              value={typeof target.value === 'number' ? target.value : 0}
              count={starsOf(target.field)}
              label={target.field.name}
              onChange={(value) => onFinish(value, [0, 0])}
            />
          )}
        </Floating>
      )}
    </>
  );
}

function modeOf(field: Field | undefined) {
  if (field?.type === 'number') return field.format === 'duration' ? 'text' : 'decimal';
  if (field?.type !== 'text') return 'text';
  return field.format === 'phone' ? 'tel' : field.format === 'url' || field.format === 'email' ? field.format : 'text';
}

function widthOf(field: Field): number | undefined {
  if (isLinkField(field)) return 340;
  return field.type === 'date' ? undefined : field.type === 'attachment' || field.type === 'location' ? 300 : 260;
}

function placeOf(bounds: Rect, field: Field | undefined): React.CSSProperties {
  const least = isLong(field) || field?.type === 'location' ? 320 : field?.type === 'text' ? 180 : 0;
  return {
    left: bounds.x,
    top: bounds.y,
    width: Math.max(bounds.width, least),
    padding: `${Math.max(2, Math.min(8, (bounds.height - 19) / 2))}px 8px`,
  };
}
