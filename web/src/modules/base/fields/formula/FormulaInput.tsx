/**
 * A text area that knows formulas: colours behind transparent text, completion at the caret, the place of a mistake
 * underlined. The browser's own text field, so that input methods, undo and screen readers work as anywhere.
 */
import { Portal } from '@mantine/core';
import { type Ref, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldIcon } from '../FieldIcon';
import { apply, type Completion, completionsAt, type Known } from './complete';
import classes from './Formula.module.css';
import { type Token, tokens } from './syntax';

export interface FormulaHandle {
  /** Puts a text where the caret is. */
  insert(text: string, back?: number): void;
  focus(): void;
}

interface Props {
  ref: Ref<FormulaHandle>;
  value: string;
  known: Known;
  label: string;
  placeholder: string;
  mistake: { start: number; end: number } | undefined;
  onChange: (value: string) => void;
  onCaret: (caret: number) => void;
  /** Which function the highlighted completion is. */
  onHighlight: (name: string | undefined) => void;
}

export function FormulaInput({
  ref,
  value,
  known,
  label,
  placeholder,
  mistake,
  onChange,
  onCaret,
  onHighlight,
}: Props) {
  const { t } = useTranslation('field');
  const listId = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const marker = useRef<HTMLSpanElement>(null);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [highlight, setHighlight] = useState(0);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const wanted = useRef<number | null>(null);

  const found = useMemo(() => (open ? completionsAt(value, caret, known) : undefined), [open, value, caret, known]);
  const items = found?.items ?? [];
  const current = Math.min(highlight, Math.max(0, items.length - 1));
  const shown = items[current];
  const shownName = shown?.kind === 'function' ? shown.label : undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: tells only when another one is highlighted
  useLayoutEffect(() => onHighlight(shownName), [shownName]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the marker moves with the text
  useLayoutEffect(() => {
    const element = input.current;
    if (element && wanted.current !== null) {
      element.setSelectionRange(wanted.current, wanted.current);
      wanted.current = null;
    }
    const rect = found && marker.current?.getBoundingClientRect();
    setPlace(rect ? { left: rect.left, top: rect.bottom + 4 } : null);
  }, [value, found?.from, items.length]);

  function replace(text: string, at: number) {
    wanted.current = at;
    setCaret(at);
    onCaret(at);
    onChange(text);
    input.current?.focus();
  }

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus(),
    insert: (text, back = 0) => {
      const element = input.current;
      const [from, to] = [element?.selectionStart ?? caret, element?.selectionEnd ?? caret];
      replace(value.slice(0, from) + text + value.slice(to), from + text.length - back);
      setOpen(false);
    },
  }));

  function take(item: Completion) {
    if (!found) return;
    const applied = apply(value, found, item);
    replace(applied.text, applied.caret);
    setHighlight(0);
    setOpen(item.kind === 'function');
  }

  function moved(element: HTMLTextAreaElement) {
    setCaret(element.selectionStart);
    onCaret(element.selectionStart);
  }

  function onKeyDown(event: React.KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === ' ' && event.ctrlKey) {
      setOpen(true);
      event.preventDefault();
      return;
    }
    if (items.length === 0 || !found) return;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) setHighlight((current + by + items.length) % items.length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && shown && !event.shiftKey) take(shown);
    else if (event.key === 'Escape') setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={classes.box} data-wrong={mistake !== undefined}>
      <pre className={classes.colours} aria-hidden="true">
        <Coloured source={value} mistake={mistake} at={found?.from} marker={marker} />
      </pre>
      <textarea
        ref={input}
        className={classes.input}
        aria-label={label}
        aria-invalid={mistake !== undefined}
        aria-autocomplete="list"
        aria-controls={items.length > 0 ? listId : undefined}
        aria-activedescendant={items.length > 0 ? `${listId}-${current}` : undefined}
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        placeholder={placeholder}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          moved(event.currentTarget);
          setHighlight(0);
          setOpen(true);
        }}
        onSelect={(event) => moved(event.currentTarget)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      {items.length > 0 && place && (
        <Portal>
          <div id={listId} role="listbox" aria-label={t('formula.completions')} className={classes.list} style={place}>
            {items.map((item, i) => (
              <Item
                key={`${item.kind} ${item.kind === 'field' ? item.field.id : item.label}`}
                id={`${listId}-${i}`}
                item={item}
                on={i === current}
                onPoint={() => setHighlight(i)}
                onTake={() => take(item)}
              />
            ))}
          </div>
        </Portal>
      )}
    </div>
  );
}

interface ItemProps {
  id: string;
  item: Completion;
  on: boolean;
  onPoint: () => void;
  onTake: () => void;
}

function Item({ id, item, on, onPoint, onTake }: ItemProps) {
  const { t } = useTranslation('field');
  const own = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (on) own.current?.scrollIntoView({ block: 'nearest' });
  }, [on]);
  return (
    <div
      ref={own}
      id={id}
      role="option"
      aria-selected={on}
      className={classes.item}
      data-on={on}
      onPointerMove={onPoint}
      onMouseDown={(event) => {
        event.preventDefault();
        onTake();
      }}
    >
      {item.kind === 'field' ? (
        <FieldIcon type={item.field.type} size={14} />
      ) : (
        <span className={classes.sort}>{item.kind === 'function' ? 'ƒ' : item.kind === 'table' ? '▦' : '∙'}</span>
      )}
      <span>{item.label}</span>
      {item.kind === 'table' && <span className={classes.kind}>{t('formula.table')}</span>}
    </div>
  );
}

interface ColouredProps {
  source: string;
  mistake: { start: number; end: number } | undefined;
  at: number | undefined;
  marker: React.RefObject<HTMLSpanElement | null>;
}

/** The text in colours, piece by piece; the pieces end where a token, the mistake or the completion begins. */
function Coloured({ source, mistake, at, marker }: ColouredProps) {
  const pieces = useMemo(() => cut(source, tokens(source), mistake, at), [source, mistake, at]);
  return (
    <>
      {pieces.map((piece) => (
        <span
          key={piece.start}
          ref={piece.start === at ? marker : undefined}
          data-kind={piece.kind}
          data-wrong={piece.wrong || undefined}
        >
          {source.slice(piece.start, piece.end)}
        </span>
      ))}
      {at === source.length && <span ref={marker} />}
      {'\n'}
    </>
  );
}

export interface Piece {
  start: number;
  end: number;
  kind: Token['kind'];
  wrong: boolean;
}

export function cut(
  source: string,
  all: readonly Token[],
  mistake: { start: number; end: number } | undefined,
  at: number | undefined,
): Piece[] {
  // A mistake at the very end, where something is missing, marks the last sign.
  const end = Math.min(source.length, Math.max(mistake?.end ?? 0, (mistake?.start ?? 0) + 1));
  const start = mistake ? Math.max(0, Math.min(mistake.start, source.length - 1)) : -1;
  const borders = [start, mistake ? end : -1, at ?? -1];
  return all.flatMap((token) => {
    const inner = borders.filter((border) => border > token.start && border < token.end).sort((a, b) => a - b);
    const edges = [token.start, ...new Set(inner), token.end];
    return edges.slice(0, -1).map((from, i) => ({
      start: from,
      end: edges[i + 1] ?? token.end,
      kind: token.kind,
      wrong: mistake !== undefined && from >= start && from < end,
    }));
  });
}
