/** Name, type and options of a field, new or old, in a small window where it was asked for. */
import { Button, Checkbox, Group, Popover, Textarea, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import type { Field } from '../../../grid/model';
import type { Anchor } from '../../../grid/types';
import type { FieldInput, FieldPatch } from '../api';
import classes from '../Base.module.css';
import { freeName, type Table } from '../model';
import { ChoiceList } from './ChoiceList';
import { DefaultValue } from './DefaultValue';
import { canBeUnique, canRequire, draftOf, type FieldDraft, hasDefault, incomplete, inputOf, patchOf } from './draft';
import { FormulaEditor } from './formula/FormulaEditor';
import { ButtonOptions } from './options/ButtonOptions';
import { DateOptions, NumberOptions, PatternOptions, StyleOptions, TextOptions } from './options/FormatOptions';
import { LinkOptions, LookupOptions, MultipleOption } from './options/LinkOptions';
import { RetypeStep } from './RetypeStep';
import { TypePicker } from './TypePicker';
import { choose, primaryTypes, typeOf, type Variant, VariantIcon, variantOf } from './variants';

interface Props {
  anchor: Anchor;
  base: string;
  own: Table;
  tables: readonly Table[];
  /** Null: a new one. */
  field: Field | null;
  /** To show the result of a formula for. */
  record: string | undefined;
  locale: Locale;
  onClose: () => void;
  onCreate: (field: FieldInput) => void;
  onUpdate: (field: Field, change: FieldPatch) => void;
}

const wide = new Set(['formula', 'button', 'link', 'lookup', 'rollup']);

export default function FieldEditor(props: Props) {
  const { anchor, base, own, tables, field, onClose, onCreate, onUpdate } = props;
  const { t } = useTranslation('base');
  const [draft, setDraft] = useState(() => draftOf(field, own, tables));
  const [choosing, setChoosing] = useState(false);
  const [asked, setAsked] = useState(false);
  const [retype, setRetype] = useState<FieldPatch | null>(null);
  const set = (change: Partial<FieldDraft>) => setDraft((old) => ({ ...old, ...change }));
  const variant = variantOf(draft);
  const primary = field !== null && field.id === own.fields[0]?.id;
  const typed = draft.name.trim();
  const taken = own.fields.some((one) => one.name.toLowerCase() === typed.toLowerCase() && one.id !== field?.id);
  const usual = t(`field:type.${variant}`);
  const missing = incomplete(draft);
  const common = { draft, set };
  // Where there is little room below, it begins higher.
  const top = Math.max(8, Math.min(anchor.y, innerHeight - 560));
  const related = { ...common, field, own, tables, locale: props.locale };

  /** Which types can be chosen: the other side of a link is made with the link. */
  function among(one: Variant): boolean {
    const type = typeOf(one);
    if (field?.type === 'backlink') return false;
    return !primary || primaryTypes.has(type);
  }

  function save(event: FormEvent) {
    event.preventDefault();
    // A button of an inner form is none of this one; React hands its events up.
    if (event.target !== event.currentTarget) return;
    setAsked(true);
    if (taken || missing) return;
    const names = own.fields.filter((one) => one.id !== field?.id).map((one) => one.name);
    const name = typed || freeName(usual, names);
    if (!field) {
      onClose();
      return onCreate(inputOf(draft, name, own, tables));
    }
    const patch = patchOf(field, draft, name, own, tables);
    if (patch.type) return setRetype(patch);
    onClose();
    if (Object.keys(patch).length > 0) onUpdate(field, patch);
  }

  return (
    <Popover opened onChange={(open) => !open && onClose()} position="bottom-start" shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <span
          aria-hidden="true"
          style={{ position: 'fixed', left: anchor.x, top, width: 1, height: 1, pointerEvents: 'none' }}
        />
      </Popover.Target>
      <Popover.Dropdown
        p={12}
        w={wide.has(draft.type) && !choosing ? 'min(520px, calc(100vw - 24px))' : 'min(360px, calc(100vw - 24px))'}
        className={classes.fieldEditor}
        style={{ maxHeight: innerHeight - top - 24 }}
        aria-label={t(field ? 'field.edit' : 'field.add')}
      >
        {retype && field ? (
          <RetypeStep
            base={base}
            table={own.id}
            field={field}
            change={retype}
            onBack={() => setRetype(null)}
            onGo={() => {
              onClose();
              onUpdate(field, retype);
            }}
          />
        ) : (
          <form onSubmit={save}>
            <TextInput
              data-autofocus
              label={t('name')}
              value={draft.name}
              placeholder={usual}
              error={taken ? t('field.taken') : undefined}
              maxLength={200}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <div className={classes.typeLabel}>{t('field.type')}</div>
            <button
              type="button"
              className={classes.typeButton}
              aria-expanded={choosing}
              aria-label={`${t('field.type')}: ${usual}`}
              disabled={field?.type === 'backlink'}
              onClick={() => setChoosing(!choosing)}
            >
              <VariantIcon variant={variant} />
              <span className={classes.clip}>{usual}</span>
              <span className={classes.grow} />
              {choosing ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
            </button>
            {primary && <div className={classes.explained}>{t('field:primary')}</div>}
            {choosing ? (
              <div style={{ marginTop: 8 }}>
                <TypePicker
                  value={variant}
                  among={among}
                  onPick={(one) => {
                    set(choose(draft, one));
                    setChoosing(false);
                    setAsked(false);
                  }}
                />
              </div>
            ) : (
              <>
                <Options {...props} {...related} base={base} />
                {asked && missing && (
                  <div className={classes.entryError} role="alert">
                    {t(`field:missing.${missing}`)}
                  </div>
                )}
                <Rules {...related} />
                <Textarea
                  mt="sm"
                  label={t('field.description')}
                  autosize
                  minRows={1}
                  maxRows={4}
                  value={draft.description}
                  placeholder={t('field.descriptionHint')}
                  onChange={(event) => set({ description: event.currentTarget.value })}
                />
                <Group justify="flex-end" gap="sm" className={classes.editorFoot}>
                  <Button variant="default" onClick={onClose}>
                    {t('cancel')}
                  </Button>
                  <Button type="submit">{t(field ? 'save' : 'create')}</Button>
                </Group>
              </>
            )}
          </form>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

type OptionsProps = Parameters<typeof LinkOptions>[0] & Pick<Props, 'base' | 'record'>;

/** The options that belong to the type. */
function Options(props: OptionsProps) {
  const { draft, set, locale } = props;
  const { t } = useTranslation('base');
  const [kind, setKind] = useState(props.field?.computed?.type ?? 'any');
  switch (draft.type) {
    case 'text':
      return <TextOptions draft={draft} set={set} />;
    case 'number':
      return <NumberOptions draft={draft} set={set} locale={locale} />;
    case 'date':
    case 'created_at':
    case 'updated_at':
      return <DateOptions draft={draft} set={set} locale={locale} />;
    case 'select':
    case 'multi_select':
      return <ChoiceList draft={draft} set={set} />;
    case 'member':
    case 'group':
      return <MultipleOption draft={draft} set={set} label={t('field:several')} />;
    case 'backlink':
      return <MultipleOption draft={draft} set={set} label={t('field:link.multiple')} />;
    case 'auto_number':
      return <PatternOptions draft={draft} set={set} />;
    case 'button':
      return <ButtonOptions {...props} />;
    case 'link':
      return <LinkOptions {...props} />;
    case 'lookup':
      return <LookupOptions {...props} />;
    case 'rollup':
      return (
        <>
          <LookupOptions {...props} />
          <StyleOptions draft={draft} set={set} locale={locale} kind={aggregateKind(draft, kind)} />
        </>
      );
    case 'formula':
      return (
        <>
          <div className={classes.typeLabel}>{t('field:formula.label')}</div>
          <FormulaEditor
            base={props.base}
            own={props.own}
            tables={props.tables}
            record={props.record}
            value={draft.formula}
            style={draft.styled ? { number: draft.number, date: draft.date } : undefined}
            locale={locale}
            label={t('field:formula.label')}
            onChange={(formula) => set({ formula })}
            onChecked={(check) => check?.ok && check.type && setKind(check.type)}
          />
          <StyleOptions draft={draft} set={set} locale={locale} kind={kind} />
        </>
      );
    default:
      return null;
  }
}

/** Sums and counts are numbers; what else is made of values is known once the field has been computed. */
function aggregateKind(draft: FieldDraft, kind: string): string {
  const numeric = ['count_all', 'count', 'count_unique', 'sum', 'average', 'median', 'range'];
  return numeric.includes(draft.aggregate) ? 'number' : kind;
}

/** What records must keep, and what new ones get. */
function Rules({ draft, set, own, locale }: Parameters<typeof LinkOptions>[0]) {
  const { t } = useTranslation('base');
  // The default is picked among the choices that are there already.
  const choices = draft.choices.filter((choice) => choice.id !== undefined);
  const selects = draft.type === 'select' || draft.type === 'multi_select';
  const sample = {
    id: 'new',
    name: draft.name,
    type: draft.type,
    multiple: draft.multiple,
    choices,
    ...(draft.type === 'number' ? draft.number : draft.type === 'date' ? draft.date : {}),
    ...(draft.type === 'text' ? { format: draft.text } : {}),
  } as unknown as Field;
  const primary = own.fields[0]?.name === draft.name;
  return (
    <div className={classes.rules}>
      {canRequire(draft.type) && (
        <Checkbox
          size="xs"
          label={t('field:required.label')}
          checked={draft.required}
          onChange={(event) => set({ required: event.currentTarget.checked })}
        />
      )}
      {canBeUnique(draft.type) && (
        <Checkbox
          size="xs"
          label={t('field:unique.label')}
          checked={draft.unique}
          onChange={(event) => set({ unique: event.currentTarget.checked })}
        />
      )}
      {hasDefault(draft.type) && !primary && (!selects || choices.length > 0) && (
        <div className={classes.defaultValue}>
          <span className={classes.explained}>{t('field:default')}</span>
          <DefaultValue
            field={sample}
            value={draft.default}
            locale={locale}
            label={t('field:default')}
            onChange={(value) => set({ default: value ?? null })}
          />
        </div>
      )}
    </div>
  );
}
