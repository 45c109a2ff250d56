/** Picking in a cell: what is picked, what is offered for what was typed, and how the one becomes the other. */
import { useEffect, useState } from 'react';
import type { Locale } from '../format';
import { type CellValue, isMore, isMultiple, itemsOf } from '../model';
import { type Candidate, useServices } from '../services';
import { isLinkField, type Pick, type PickField, pickedIn, picksFor, valueOfPicks } from './picks';

const noCandidates: Candidate[] = [];

/** Records for a link, asked for a moment after the last key. */
function useCandidates(field: PickField | undefined, query: string): { found: Candidate[]; busy: boolean } {
  const services = useServices();
  const [state, setState] = useState<{ key: string; found: Candidate[] }>({ key: '', found: noCandidates });
  const link = isLinkField(field) ? field : undefined;
  const key = link ? `${link.id} ${query}` : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for field and query
  useEffect(() => {
    if (!link) return;
    const stop = new AbortController();
    const ask = () =>
      services.candidates(link, query, stop.signal).then(
        (found) => !stop.signal.aborted && setState({ key, found }),
        () => !stop.signal.aborted && setState({ key, found: noCandidates }),
      );
    const timer = setTimeout(ask, query === '' ? 0 : 150);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key]);
  const mine = link !== undefined && state.key.startsWith(link.id);
  return { found: mine ? state.found : noCandidates, busy: link !== undefined && state.key !== key };
}

export interface Picking {
  offered: readonly Pick[];
  picked: readonly Pick[];
  /** Records are being asked for. */
  busy: boolean;
  /** Whether the whole of the cell is known: a list of records shows long links in part. */
  whole: boolean;
  multiple: boolean;
  setPicked: (picks: readonly Pick[]) => void;
  /** Makes what is to be created first. Answers what is picked then; undefined when it could not be made. */
  toggle: (pick: Pick) => Promise<readonly Pick[] | undefined>;
  valueOf: (picks: readonly Pick[]) => CellValue;
}

interface Options {
  /** Undefined while nothing is picked in. */
  field: PickField | undefined;
  record: string | undefined;
  value: CellValue;
  query: string;
  locale: Locale;
  canCreate: boolean;
}

export function usePicks({ field, record, value, query, locale, canCreate }: Options): Picking {
  const services = useServices();
  const [picked, setPicked] = useState<readonly Pick[]>([]);
  const [whole, setWhole] = useState(true);
  const { found, busy } = useCandidates(field, query);
  const key = field && `${field.id} ${record}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew with another cell or another value
  useEffect(() => {
    if (!field) return;
    setPicked(pickedIn(field, value, locale));
    const partial = itemsOf(value).some(isMore);
    setWhole(!partial);
    if (!partial || record === undefined) return;
    let current = true;
    void services.wholeCell(record, field).then((all) => {
      if (!current || all === undefined) return;
      setPicked(pickedIn(field, all, locale));
      setWhole(true);
    });
    return () => {
      current = false;
    };
  }, [key, value]);

  const multiple = field !== undefined && isMultiple(field);
  const creates = isLinkField(field) ? services.canCreate(field) : canCreate;

  async function toggle(pick: Pick): Promise<readonly Pick[] | undefined> {
    const made = pick.kind === 'create' ? await create(pick.name) : pick;
    if (!made || !whole) return undefined;
    const has = picked.some((one) => one.id === made.id);
    const next = has ? picked.filter((one) => one.id !== made.id) : multiple ? [...picked, made] : [made];
    setPicked(next);
    return next;
  }

  async function create(name: string): Promise<Pick | undefined> {
    if (isLinkField(field)) {
      const record = await services.createRecord(field, name);
      return record && { kind: 'record', id: record.id, record, details: '' };
    }
    const choice = field && (await services.createChoice(field, name));
    return choice && { kind: 'choice', id: choice.id, choice };
  }

  return {
    offered: field ? picksFor(field, query, locale, creates, found) : [],
    picked,
    busy,
    whole,
    multiple,
    setPicked,
    toggle,
    valueOf: (picks) => (field ? valueOfPicks(field, picks) : null),
  };
}
