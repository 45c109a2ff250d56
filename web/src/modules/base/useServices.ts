/** Serves the editors of the cells of one table: records to link, files, buttons. */
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { uploadFile } from '../../data/files';
import { meQuery, queryClient } from '../../data/queries';
import { newId } from '../../data/records';
import { formatCell, type Locale } from '../../grid/format';
import {
  type CellItem,
  type CellValue,
  type Choice,
  type Field,
  type FieldOf,
  type FileRef,
  isWritable,
  itemsOf,
  type RecordRef,
} from '../../grid/model';
import { parseCell } from '../../grid/parse';
import type { Candidate, CellServices, LinkField } from '../../grid/services';
import { notify, notifyProblem } from '../../ui/notify';
import { baseApi } from './api';
import type { Base, Table } from './model';

interface Options {
  base: Base;
  table: Table;
  locale: Locale;
  editable: boolean;
  /** The cells of a record that are at hand. */
  cellsOf: (record: string) => Readonly<Record<string, unknown>> | undefined;
  edit: (record: string, field: string, value: CellValue) => void;
  createChoices: (field: Field, names: readonly string[]) => Promise<readonly Choice[] | undefined>;
  openRecord: (table: string, record: string) => void;
  preview: (files: readonly FileRef[], index: number) => void;
}

/** Records that are offered to be linked. */
const most = 30;
/** Names that are looked up when links are pasted. */
const mostNames = 500;
/** Fields that tell candidates apart. */
const mostDetails = 3;

export const textOfRecord = (table: Table, fields: Readonly<Record<string, unknown>>, locale: Locale): string => {
  const [primary] = table.fields;
  return primary ? formatCell(primary, fields[primary.id] as CellValue, locale) : '';
};

/** The field of the linked records that names those they are linked from. */
export const backOf = (field: Field): string | undefined =>
  field.type === 'backlink' ? field.field : field.type === 'link' ? field.mirror : undefined;

/** Some of what is in a record beside its name; not what stands in the field `except`. */
export function detailsOf(
  table: Table,
  fields: Readonly<Record<string, unknown>>,
  locale: Locale,
  except?: string,
): string[] {
  return table.fields
    .slice(1)
    .filter((field) => field.id !== except)
    .filter((field) => !['attachment', 'button', 'checkbox'].includes(field.type))
    .map((field) => formatCell(field, fields[field.id] as CellValue, locale).replaceAll('\n', ' '))
    .filter((text) => text !== '')
    .slice(0, mostDetails);
}

export function useCellServices(options: Options): CellServices {
  const { t } = useTranslation('base');
  const latest = useRef({ ...options, t });
  latest.current = { ...options, t };
  return useMemo(() => makeServices(() => latest.current), []);
}

type Now = () => Options & { t: ReturnType<typeof useTranslation<'base'>>['t'] };

function makeServices(now: Now): CellServices {
  const target = (field: LinkField) => now().base.tables.find((table) => table.id === field.table);

  async function candidates(field: LinkField, query: string, signal: AbortSignal): Promise<Candidate[]> {
    const { base, locale } = now();
    const table = target(field);
    if (!table) return [];
    const search = query.trim();
    const filter = field.type === 'link' ? field.filter : undefined;
    const { items } = await baseApi.records(base.resource.id, table.id, { search, filter, limit: most }, signal);
    const wanted = search.toLowerCase();
    const rank = (one: Candidate) => {
      const at = one.text.toLowerCase().indexOf(wanted);
      return at === 0 ? 0 : at > 0 ? 1 : 2;
    };
    const found = items.map(({ id, fields }) => ({
      id,
      text: textOfRecord(table, fields, locale),
      details: detailsOf(table, fields, locale, backOf(field)).join(' · '),
    }));
    return wanted === '' ? found : found.sort((a, b) => rank(a) - rank(b));
  }

  async function recordsCalled(field: LinkField, texts: readonly string[]) {
    const { base, locale } = now();
    const table = target(field);
    const found = new Map<string, RecordRef>();
    const wanted = [...new Set(texts.map((text) => text.trim().toLowerCase()))].filter(Boolean).slice(0, mostNames);
    if (!table) return found;
    const [primary] = table.fields;
    const ask = async (text: string) => {
      const query =
        primary?.type === 'text'
          ? { filter: { field: primary.id, op: 'is', value: text }, limit: 2 }
          : { search: text, limit: 50 };
      const { items } = await baseApi.records(base.resource.id, table.id, query);
      const same = items
        .map(({ id, fields }) => ({ id, text: textOfRecord(table, fields, locale) }))
        .filter((record) => record.text.trim().toLowerCase() === text);
      if (same.length === 1 && same[0]) found.set(text, same[0]);
    };
    const queue = [...wanted];
    const worker = async () => {
      for (let text = queue.shift(); text !== undefined; text = queue.shift()) await ask(text);
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    return found;
  }

  async function titles(id: string, records: readonly string[]) {
    const { base, locale } = now();
    const table = base.tables.find((one) => one.id === id);
    const found = new Map<string, string>();
    const ask = async (record: string) => {
      const shown = await queryClient.fetchQuery({
        queryKey: ['base', base.resource.id, 'record', record],
        queryFn: () => baseApi.record(base.resource.id, id, record),
        staleTime: 60_000,
      });
      if (table) found.set(record, textOfRecord(table, shown.fields, locale));
    };
    // One that is gone has no title.
    await Promise.allSettled(records.slice(0, mostNames).map(ask));
    return found;
  }

  async function createRecord(field: LinkField, text: string): Promise<RecordRef | undefined> {
    const { base, locale, t } = now();
    const table = target(field);
    const [primary] = table?.fields ?? [];
    if (!table || !primary) return undefined;
    try {
      const parsed = isWritable(primary) ? parseCell(primary, text, locale, new Date()) : { value: null };
      const fields = 'value' in parsed && parsed.value !== null ? { [primary.id]: parsed.value } : {};
      const answer = await baseApi.createRecord(base.resource.id, table.id, newId('rec'), fields);
      const [made] = answer.records;
      return made && { id: made.id, text: textOfRecord(table, made.fields, locale) || text };
    } catch (error) {
      notifyProblem(error, t('refused.create', { count: 1 }));
      return undefined;
    }
  }

  return {
    candidates,
    recordsCalled,
    titles,
    createRecord,
    canCreate: (field) =>
      now().editable &&
      (target(field)
        ?.fields.slice(1)
        .every((one) => !needsValue(one)) ??
        false),
    tableName: (field) => target(field)?.name ?? '',
    createChoice: async (field, name) => {
      const choices = await now().createChoices(field, [name]);
      return choices?.find((choice) => choice.name.toLowerCase() === name.toLowerCase());
    },
    wholeCell: async (record, field) => {
      const { base, table } = now();
      const { fields } = await baseApi.record(base.resource.id, table.id, record);
      return fields[field.id] as CellValue;
    },
    fileLimit: () => queryClient.getQueryData(meQuery.queryKey)?.limits.file,
    upload: (file, onProgress, signal) => uploadFile(now().base.resource.id, file, onProgress, signal),
    attach: (record, field, file) => void attach(now, record, field, file),
    preview: (files, index) => now().preview(files, index),
    openRecord: (table, record) => now().openRecord(table, record),
    press: (record, field) => void press(now, record, field),
  };
}

/** Whether a record cannot be made without saying something here. */
export const needsValue = (field: Field): boolean =>
  field.required === true && isWritable(field) && (field.default_value === undefined || field.default_value === null);

async function attach(now: Now, record: string, field: Field, file: FileRef): Promise<void> {
  const { base, table } = now();
  try {
    const cells = now().cellsOf(record) ?? (await baseApi.record(base.resource.id, table.id, record)).fields;
    const { id, name, size, media } = file;
    const files: CellItem[] = [...itemsOf(cells[field.id] as CellValue), { id, name, size, media }];
    now().edit(record, field.id, files);
  } catch (error) {
    notifyProblem(error);
  }
}

async function press(now: Now, record: string, field: FieldOf<'button'>): Promise<void> {
  const { base, table, t } = now();
  try {
    await baseApi.press(base.resource.id, table.id, record, field.id);
    notify(t('field:button.pressed', { name: field.label || field.name }));
  } catch (error) {
    notifyProblem(error, t('field:button.failed', { name: field.label || field.name }));
  }
}
