/** A question with the control its answer is given by: those of the browser, which every phone knows how to show. */
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormApi, Offer, Question } from './model';

interface Props {
  question: Question;
  value: unknown;
  error: string | undefined;
  api: FormApi | undefined;
  onChange: (value: unknown) => void;
}

export function QuestionField({ question, value, error, api, onChange }: Props) {
  const id = useId();
  const grouped = ['multi_select', 'checkbox', 'location'].includes(question.kind.type) || rated(question);
  const described = [question.help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ');
  const label = (
    <>
      {question.label}
      {question.required && <span className="mark"> *</span>}
    </>
  );
  return (
    <div className="question" id={question.field} data-wrong={error ? true : undefined}>
      {grouped ? (
        <span className="label" id={`${id}-label`}>
          {label}
        </span>
      ) : (
        <label className="label" htmlFor={id}>
          {label}
        </label>
      )}
      {question.help && (
        <p className="help" id={`${id}-help`}>
          {question.help}
        </p>
      )}
      <Control
        id={id}
        question={question}
        value={value}
        api={api}
        described={described}
        wrong={error !== undefined}
        onChange={onChange}
      />
      {error && (
        <p className="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const rated = ({ kind }: Question) => kind.type === 'number' && kind.format === 'rating';

interface ControlProps extends Omit<Props, 'error'> {
  id: string;
  described: string;
  wrong: boolean;
}

function Control({ id, question, value, api, described, wrong, onChange }: ControlProps) {
  const { t } = useTranslation('form');
  const { kind } = question;
  const common = {
    id,
    'aria-required': question.required,
    'aria-invalid': wrong,
    ...(described ? { 'aria-describedby': described } : {}),
  };
  const text = typeof value === 'string' ? value : '';
  switch (kind.type) {
    case 'text': {
      if (kind.format === 'long')
        return <textarea {...common} rows={4} value={text} onChange={(event) => onChange(event.target.value)} />;
      const type = { email: 'email', phone: 'tel', url: 'url' }[kind.format as string] ?? 'text';
      return <input {...common} type={type} value={text} onChange={(event) => onChange(event.target.value)} />;
    }
    case 'number':
      if (rated(question)) return <Stars id={id} most={kind.max || 5} value={value} onChange={onChange} />;
      return <NumberInput common={common} percent={kind.format === 'percent'} value={value} onChange={onChange} />;
    case 'date':
      return kind.time ? (
        <input
          {...common}
          type="datetime-local"
          value={localTime(text)}
          onChange={(event) => onChange(event.target.value ? new Date(event.target.value).toISOString() : undefined)}
        />
      ) : (
        <input {...common} type="date" value={text} onChange={(event) => onChange(event.target.value || undefined)} />
      );
    case 'checkbox':
      return (
        <label className="option">
          <input
            {...common}
            type="checkbox"
            checked={value === true}
            onChange={(event) => onChange(event.target.checked)}
          />
          {t('yes')}
        </label>
      );
    case 'select':
      return (
        <select {...common} value={text} onChange={(event) => onChange(event.target.value || undefined)}>
          <option value="">{t('choose')}</option>
          {kind.choices.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      );
    case 'multi_select': {
      const picked = Array.isArray(value) ? (value as string[]) : [];
      const toggle = (one: string, on: boolean) => {
        const next = on ? [...picked, one] : picked.filter((other) => other !== one);
        onChange(next.length > 0 ? next : undefined);
      };
      return (
        <div role="group" aria-labelledby={`${id}-label`}>
          {kind.choices.map((one) => (
            <label key={one.id} className="option">
              <input
                type="checkbox"
                checked={picked.includes(one.id)}
                onChange={(event) => toggle(one.id, event.target.checked)}
              />
              {one.name}
            </label>
          ))}
        </div>
      );
    }
    case 'location':
      return <PlaceInput id={id} value={value} onChange={onChange} />;
    case 'link':
    case 'member':
    case 'group':
      return <Picker {...{ common, question, value, api, onChange }} multiple={kind.multiple === true} />;
    default:
      return null;
  }
}

type Common = { id: string; 'aria-required': boolean; 'aria-invalid': boolean; 'aria-describedby'?: string };

function NumberInput(props: { common: Common; percent: boolean; value: unknown; onChange: (value: unknown) => void }) {
  const { common, percent, value, onChange } = props;
  const scale = percent ? 100 : 1;
  const [typed, setTyped] = useState(typeof value === 'number' ? String(Number((value * scale).toPrecision(12))) : '');
  return (
    <span className="unit">
      <input
        {...common}
        type="text"
        inputMode="decimal"
        value={typed}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          const number = Number(text.replace(',', '.'));
          // What is no number is sent as it is: the server says what is wrong with it.
          onChange(text.trim() === '' ? undefined : Number.isNaN(number) ? text : number / scale);
        }}
      />
      {percent && <span>%</span>}
    </span>
  );
}

function Stars(props: { id: string; most: number; value: unknown; onChange: (value: unknown) => void }) {
  const { id, most, value, onChange } = props;
  return (
    <div role="radiogroup" aria-labelledby={`${id}-label`} className="stars">
      {Array.from({ length: most }, (_, at) => at + 1).map((star) => (
        <label key={star} data-on={typeof value === 'number' && value >= star ? true : undefined}>
          <input
            type="radio"
            name={id}
            aria-label={String(star)}
            checked={value === star}
            onChange={() => onChange(star)}
          />
          ★
        </label>
      ))}
    </div>
  );
}

function PlaceInput({ id, value, onChange }: { id: string; value: unknown; onChange: (value: unknown) => void }) {
  const { t } = useTranslation('form');
  const given = (value ?? {}) as { name?: string; longitude?: unknown; latitude?: unknown };
  const set = (part: object) => {
    const next = { ...given, ...part } as typeof given;
    const empty = !next.name && next.longitude === undefined && next.latitude === undefined;
    onChange(empty ? undefined : next);
  };
  const degree = (name: 'latitude' | 'longitude') => (
    <input
      aria-label={t(name)}
      placeholder={t(name)}
      inputMode="decimal"
      defaultValue={given[name] === undefined ? '' : String(given[name])}
      onChange={(event) => {
        const text = event.target.value.trim();
        set({ [name]: text === '' ? undefined : Number.isNaN(Number(text)) ? text : Number(text) });
      }}
    />
  );
  return (
    <div role="group" aria-labelledby={`${id}-label`} className="place">
      <input
        aria-label={t('place')}
        placeholder={t('place')}
        value={given.name ?? ''}
        onChange={(event) => set({ name: event.target.value })}
      />
      {degree('latitude')}
      {degree('longitude')}
    </div>
  );
}

interface PickerProps {
  common: Common;
  question: Question;
  value: unknown;
  api: FormApi | undefined;
  multiple: boolean;
  onChange: (value: unknown) => void;
}

/** Records or people, found by what they are called. */
function Picker({ common, question, value, api, multiple, onChange }: PickerProps) {
  const { t } = useTranslation('form');
  const [search, setSearch] = useState('');
  const [offers, setOffers] = useState<readonly Offer[] | null>(null);
  const picked = (Array.isArray(value) ? value : []) as Offer[];
  useEffect(() => {
    if (!api || search.trim() === '') return setOffers(null);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.offers(question.field, search, stop.signal).then(
        (found) => setOffers(found.offers),
        () => undefined,
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, question.field, search]);
  const set = (next: Offer[]) => onChange(next.length > 0 ? next : undefined);
  const left = offers?.filter((offer) => !picked.some((one) => one.id === offer.id));
  return (
    <div>
      {picked.length > 0 && (
        <div className="chips">
          {picked.map((one) => (
            <button
              key={one.id}
              type="button"
              aria-label={t('remove', { name: one.text })}
              onClick={() => set(picked.filter((other) => other.id !== one.id))}
            >
              {one.text} ×
            </button>
          ))}
        </div>
      )}
      {(multiple || picked.length === 0) && (
        <input
          {...common}
          type="search"
          placeholder={t('search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {left && (
        <div className="offers">
          {left.map((offer) => (
            <button
              key={offer.id}
              type="button"
              onClick={() => {
                set([...picked, offer]);
                setSearch('');
              }}
            >
              {offer.text}
            </button>
          ))}
          {left.length === 0 && <p className="help">{t('nothing')}</p>}
        </div>
      )}
    </div>
  );
}

/** An instant as the control for local times takes it. */
function localTime(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
