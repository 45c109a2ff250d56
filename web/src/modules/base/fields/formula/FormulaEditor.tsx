import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCell, type Locale } from '../../../../grid/format';
import { mistakeText } from '../../../../grid/mistakes';
import { type CellValue, type Field, isFailure, type Style } from '../../../../grid/model';
import { currentLanguage } from '../../../../i18n';
import { type FunctionTexts, functionTexts, paramName } from '../../../../i18n/functions';
import { baseApi, type FormulaCheck, type FormulaFunction } from '../../api';
import type { Table } from '../../model';
import { FieldIcon } from '../FieldIcon';
import { isRepeated, parameterAt, signatureAt } from './complete';
import classes from './Formula.module.css';
import { type FormulaHandle, FormulaInput } from './FormulaInput';
import { bracketed } from './syntax';

interface Props {
  base: string;
  own: Table;
  tables: readonly Table[];
  /** A record to show the result for. */
  record: string | undefined;
  value: string;
  style: Style | undefined;
  locale: Locale;
  label: string;
  /** An example, while there is nothing. */
  placeholder?: string;
  onChange: (formula: string) => void;
  onChecked?: (check: FormulaCheck | undefined) => void;
}

const noFunctions: FormulaFunction[] = [];
const checkAfter = 300;

/** A formula with completion, help, and what comes out for a record. */
export function FormulaEditor(props: Props) {
  const { base, own, tables, record, value, onChange, label } = props;
  const { t } = useTranslation('field');
  const input = useRef<FormulaHandle>(null);
  const [caret, setCaret] = useState(value.length);
  const [pointed, setPointed] = useState<string>();
  const { data: functions = noFunctions } = useQuery({
    queryKey: ['formula-functions'],
    queryFn: ({ signal }) => baseApi.formulaFunctions(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const language = currentLanguage();
  const { data: texts } = useQuery({
    queryKey: ['function-texts', language],
    queryFn: () => functionTexts(language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const known = useMemo(() => ({ own, tables, functions }), [own, tables, functions]);
  const { check, asked } = useCheck(base, own.id, value, record);
  const latest = useRef(props.onChecked);
  latest.current = props.onChecked;
  useEffect(() => {
    latest.current?.(check);
  }, [check]);
  // While the text is ahead of what was checked, the place of the mistake may be elsewhere by now.
  const mistake = asked === value ? check?.error : undefined;
  const call = signatureAt(value, caret);
  const shown = functions.find((one) => one.name === (pointed ?? call?.name));

  function suggest(text: string) {
    if (!mistake) return;
    const old = value.slice(mistake.start, mistake.end);
    const inside = old.startsWith('[') && !text.startsWith('[') ? bracketed(text) : text;
    onChange(value.slice(0, mistake.start) + inside + value.slice(mistake.end));
    input.current?.focus();
  }

  return (
    <div>
      <FormulaInput
        ref={input}
        value={value}
        known={known}
        label={label}
        placeholder={props.placeholder ?? t('formula.placeholder')}
        mistake={mistake}
        onChange={onChange}
        onCaret={setCaret}
        onHighlight={setPointed}
      />
      <div className={classes.state} data-wrong={mistake !== undefined} role="status">
        {mistake ? (
          <>
            <span>{mistakeText(mistake, texts)}</span>
            {mistake.suggestion && (
              <button type="button" className={classes.suggest} onClick={() => suggest(mistake.suggestion ?? '')}>
                {t('formula.use', { name: mistake.suggestion })}
              </button>
            )}
          </>
        ) : (
          check?.ok && <Result check={check} style={props.style} locale={props.locale} known={record !== undefined} />
        )}
      </div>
      {shown && <Help of={shown} texts={texts} argument={call?.name === shown.name ? call.argument : undefined} />}
      <Browse
        own={own}
        tables={tables}
        functions={functions}
        texts={texts}
        current={shown?.name}
        onField={(name) => input.current?.insert(name)}
        onFunction={(one) => input.current?.insert(`${one.name}()`, one.params.length > 0 ? 1 : 0)}
        onPoint={setPointed}
      />
    </div>
  );
}

/** What the server says of the formula, a moment after the last key. */
function useCheck(base: string, table: string, formula: string, record: string | undefined) {
  const [state, setState] = useState<{ asked: string; check: FormulaCheck | undefined }>({
    asked: '',
    check: undefined,
  });
  useEffect(() => {
    if (formula.trim() === '') return setState({ asked: formula, check: undefined });
    const stop = new AbortController();
    const timer = setTimeout(() => {
      baseApi.checkFormula(base, table, formula, record, stop.signal).then(
        (check) => setState({ asked: formula, check }),
        // Without an answer nothing is known; saving says what is wrong.
        () => undefined,
      );
    }, checkAfter);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [base, table, formula, record]);
  return state;
}

interface ResultProps {
  check: FormulaCheck;
  style: Style | undefined;
  locale: Locale;
  known: boolean;
}

function Result({ check, style, locale, known }: ResultProps) {
  const { t } = useTranslation('field');
  const type = check.type ?? 'any';
  const kind = t(check.list ? 'formula.listOf' : 'formula.gives', { type: t(`item.${type}`) });
  if (!known) return <span>{kind}</span>;
  const field: Field = {
    id: '',
    name: '',
    type: 'formula',
    formula: '',
    ...(style ? { style } : {}),
    computed: { type, list: check.list ?? false },
  };
  const value = check.value as CellValue;
  const text = formatCell(field, value, locale);
  return (
    <>
      <span>{t('formula.result')}</span>
      <b style={isFailure(value) ? { color: 'var(--mantine-color-error)' } : undefined}>
        {text || t('formula.nothing')}
      </b>
      <span className={classes.kind}>{kind}</span>
    </>
  );
}

interface HelpProps {
  of: FormulaFunction;
  texts: FunctionTexts | null | undefined;
  /** Which one the caret is in. */
  argument: number | undefined;
}

function Help({ of, texts, argument }: HelpProps) {
  const { t } = useTranslation('field');
  const current = argument === undefined ? -1 : parameterAt(of, argument);
  const pointed = of.params[current];
  return (
    <div className={classes.help}>
      <div className={classes.signature}>
        {of.name}(
        {of.params.map((param, i) => {
          const text = `${paramName(texts, of.name, param.name)}${isRepeated(param) ? '…' : ''}${param.times.toLowerCase() === 'optional' ? '?' : ''}`;
          return (
            <span key={param.name}>
              {i > 0 && ', '}
              {i === current ? <b>{text}</b> : text}
            </span>
          );
        })}
        )
      </div>
      {pointed && (
        <div className={classes.param}>
          <b>{paramName(texts, of.name, pointed.name)}</b>
          {[
            t(`formula.takes.${pointed.takes.replaceAll(' ', '_')}` as 'formula.takes.text'),
            pointed.times !== 'one' && t(`formula.times.${pointed.times}` as 'formula.times.optional'),
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
      )}
      <div>{texts?.help[of.name] ?? of.help}</div>
      <div className={classes.example}>
        {t('formula.example')} {of.example[0]} → {of.example[1]}
      </div>
    </div>
  );
}

interface BrowseProps {
  own: Table;
  tables: readonly Table[];
  functions: readonly FormulaFunction[];
  texts: FunctionTexts | null | undefined;
  current: string | undefined;
  onField: (name: string) => void;
  onFunction: (one: FormulaFunction) => void;
  onPoint: (name: string | undefined) => void;
}

/** Everything a formula can name, to be put in by a click. */
function Browse({ own, tables, functions, texts, current, onField, onFunction, onPoint }: BrowseProps) {
  const { t, i18n } = useTranslation('field');
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(wanted);
  const found = functions.filter(
    (one) => matches(one.name) || matches(one.help) || matches(texts?.help[one.name] ?? ''),
  );
  const headings = [...new Set(found.map((one) => one.group))];
  const heading = (group: string) =>
    i18n.exists(`field:formula.group.${group.toLowerCase()}`)
      ? t(`formula.group.${group.toLowerCase()}` as 'title')
      : group;
  return (
    <>
      <TextInput
        mt={6}
        size="xs"
        leftSection={<IconSearch size={13} />}
        placeholder={t('formula.find')}
        aria-label={t('formula.find')}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <div className={classes.browse}>
        <div className={classes.column}>
          <div className={classes.heading}>{t('formula.fields')}</div>
          {own.fields
            .filter((field) => matches(field.name))
            .map((field) => (
              <button
                type="button"
                key={field.id}
                className={classes.pick}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onField(bracketed(field.name))}
              >
                <FieldIcon type={field.type} size={14} />
                {field.name}
              </button>
            ))}
          <div className={classes.heading}>{t('formula.tables')}</div>
          {tables
            .filter((table) => matches(table.name))
            .map((table) => (
              <button
                type="button"
                key={table.id}
                className={classes.pick}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onField(bracketed(table.name))}
              >
                <span className={classes.sort}>▦</span>
                {table.name}
              </button>
            ))}
        </div>
        <div className={classes.column} onPointerLeave={() => onPoint(undefined)}>
          {headings.map((group) => (
            <div key={group}>
              <div className={classes.heading}>{heading(group)}</div>
              {found
                .filter((one) => one.group === group)
                .map((one) => (
                  <button
                    type="button"
                    key={one.name}
                    className={classes.pick}
                    data-on={one.name === current}
                    onPointerEnter={() => onPoint(one.name)}
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() => onFunction(one)}
                  >
                    <span className={classes.sort}>ƒ</span>
                    {one.name}
                  </button>
                ))}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}
