/** Name, type and options of a field, new or old, in a small window where it was asked for. */
import { ActionIcon, Button, Group, NumberInput, Popover, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { IconGripVertical, IconPlus, IconX } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Color, choicesOf, colors, type Field, type FieldType, fieldTypes } from '../../../grid/model';
import { nextColor, solid } from '../../../grid/palette';
import type { Anchor } from '../../../grid/types';
import type { ChoiceInput, FieldInput, FieldPatch } from '../api';
import classes from '../Base.module.css';
import { freeName } from '../model';
import { FieldIcon } from './FieldIcon';
import { useDrag } from './useDrag';

type ChoiceDraft = ChoiceInput & { key: string };

export interface FieldDraft {
  name: string;
  type: FieldType;
  description: string;
  precision: number;
  thousands: boolean;
  time: boolean;
  choices: ChoiceDraft[];
}

let nextKey = 0;
const keyed = (choice: ChoiceInput): ChoiceDraft => ({ ...choice, key: choice.id ?? `new${nextKey++}` });

function draftOf(field: Field | null): FieldDraft {
  return {
    name: field?.name ?? '',
    type: field?.type ?? 'text',
    description: field?.description ?? '',
    precision: field?.type === 'number' ? field.precision : 0,
    thousands: field?.type === 'number' ? field.thousands : false,
    time: field?.type === 'date' ? field.time : false,
    choices: field ? choicesOf(field).map(({ id, name, color }) => keyed({ id, name, color })) : [],
  };
}

/** The options that belong to the type. */
export function optionsOf(draft: FieldDraft): Partial<FieldPatch> {
  switch (draft.type) {
    case 'number':
      return { precision: draft.precision, thousands: draft.thousands };
    case 'date':
      return { time: draft.time };
    case 'select':
    case 'multi_select':
      return {
        choices: draft.choices
          .filter((choice) => choice.name.trim() !== '')
          .map(({ key: _, ...choice }) => ({ ...choice, name: choice.name.trim() })),
      };
    default:
      return {};
  }
}

interface Props {
  anchor: Anchor;
  /** Null: a new one. */
  field: Field | null;
  primary: boolean;
  names: readonly string[];
  onClose: () => void;
  onCreate: (field: FieldInput) => void;
  onUpdate: (field: Field, change: FieldPatch) => void;
}

export function FieldEditor({ anchor, field, primary, names, onClose, onCreate, onUpdate }: Props) {
  const { t } = useTranslation('base');
  const [draft, setDraft] = useState(() => draftOf(field));
  const set = (change: Partial<FieldDraft>) => setDraft((old) => ({ ...old, ...change }));
  const name = draft.name.trim();
  const taken = names.some((n) => n.toLowerCase() === name.toLowerCase() && n !== field?.name);

  function save(event: FormEvent) {
    event.preventDefault();
    if (taken) return;
    const common = { name: name || freeName(t(`type.${draft.type}`), names), description: draft.description.trim() };
    onClose();
    if (field) onUpdate(field, { ...common, ...optionsOf(draft) });
    else onCreate({ ...common, type: draft.type, ...optionsOf(draft) } as FieldInput);
  }

  return (
    <Popover opened onChange={(open) => !open && onClose()} position="bottom-start" shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <span
          aria-hidden="true"
          style={{ position: 'fixed', left: anchor.x, top: anchor.y, width: 1, height: 1, pointerEvents: 'none' }}
        />
      </Popover.Target>
      <Popover.Dropdown p={12} w={320} aria-label={t(field ? 'field.edit' : 'field.add')}>
        <form onSubmit={save}>
          <TextInput
            data-autofocus
            label={t('name')}
            value={draft.name}
            placeholder={t(`type.${draft.type}`)}
            error={taken ? t('field.taken') : undefined}
            maxLength={200}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Select
            mt="sm"
            label={t('field.type')}
            data={fieldTypes.map((type) => ({ value: type, label: t(`type.${type}`) }))}
            value={draft.type}
            disabled={field !== null}
            description={primary ? t('field.primary') : undefined}
            leftSection={<FieldIcon type={draft.type} />}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            renderOption={({ option }) => (
              <Group gap={8}>
                <FieldIcon type={option.value as FieldType} />
                {option.label}
              </Group>
            )}
            onChange={(type) => type && set({ type: type as FieldType })}
          />
          <Options draft={draft} set={set} />
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
          <Group justify="flex-end" mt="md" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit">{t(field ? 'save' : 'create')}</Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

interface OptionsProps {
  draft: FieldDraft;
  set: (change: Partial<FieldDraft>) => void;
}

function Options({ draft, set }: OptionsProps) {
  const { t } = useTranslation('base');
  if (draft.type === 'number') {
    return (
      <>
        <NumberInput
          mt="sm"
          label={t('field.precision')}
          min={0}
          max={10}
          allowDecimal={false}
          value={draft.precision}
          onChange={(value) => set({ precision: Math.max(0, Math.min(10, Number(value) || 0)) })}
        />
        <Switch
          mt="sm"
          label={t('field.thousands')}
          checked={draft.thousands}
          onChange={(event) => set({ thousands: event.currentTarget.checked })}
        />
      </>
    );
  }
  if (draft.type === 'date') {
    return (
      <Switch
        mt="sm"
        label={t('field.time')}
        checked={draft.time}
        onChange={(event) => set({ time: event.currentTarget.checked })}
      />
    );
  }
  if (draft.type === 'select' || draft.type === 'multi_select') return <ChoiceList draft={draft} set={set} />;
  return null;
}

function ChoiceList({ draft, set }: OptionsProps) {
  const { t } = useTranslation('base');
  const list = useRef<HTMLDivElement>(null);
  const { choices } = draft;
  const move = (from: number, to: number) => {
    const next = [...choices];
    next.splice(to, 0, ...next.splice(from, 1));
    set({ choices: next });
  };
  const drag = useDrag(choices.length, move);
  const change = (i: number, part: Partial<ChoiceInput>) =>
    set({ choices: choices.map((choice, k) => (k === i ? { ...choice, ...part } : choice)) });
  function add() {
    set({ choices: [...choices, keyed({ name: '', color: nextColor(choices.map((choice) => choice.color)) })] });
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLInputElement>('[data-choice]:last-child input')?.focus(),
    );
  }
  return (
    <fieldset style={{ border: 0, padding: 0, margin: '12px 0 0', minWidth: 0 }}>
      <legend className={classes.entryLabel}>{t('field.choices')}</legend>
      <div ref={list} className={classes.rows} style={{ maxHeight: 220 }}>
        {choices.map((choice, i) => (
          <div key={choice.key} data-choice className={classes.line} style={{ padding: 0 }} {...drag.line(i)}>
            <button type="button" className={classes.grip} aria-label={t('moveKeys')} {...drag.handle(i)}>
              <IconGripVertical size={14} />
            </button>
            <ColorPick color={choice.color} onPick={(color) => change(i, { color })} />
            <TextInput
              size="xs"
              flex={1}
              value={choice.name}
              aria-label={t('field.choiceName')}
              onChange={(event) => change(i, { name: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
                event.preventDefault();
                add();
              }}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={t('field.removeChoice', { name: choice.name })}
              onClick={() => set({ choices: choices.filter((_, k) => k !== i) })}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <Button variant="subtle" size="compact-sm" mt={4} leftSection={<IconPlus size={14} />} onClick={add}>
        {t('field.addChoice')}
      </Button>
    </fieldset>
  );
}

function ColorPick({ color, onPick }: { color: Color; onPick: (color: Color) => void }) {
  const { t } = useTranslation('base');
  const [open, setOpen] = useState(false);
  const dot = (c: Color) => ({ width: 14, height: 14, borderRadius: '50%', background: solid[c] });
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      withinPortal={false}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          aria-label={t('field.color', { color: t(`color.${color}`) })}
          onClick={() => setOpen(!open)}
        >
          <span style={dot(color)} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(6, 28px)' }}>
          {colors.map((c) => (
            <ActionIcon
              key={c}
              size={28}
              variant={c === color ? 'light' : 'subtle'}
              color="gray"
              aria-label={t(`color.${c}`)}
              title={t(`color.${c}`)}
              onClick={() => {
                onPick(c);
                setOpen(false);
              }}
            >
              <span style={dot(c)} />
            </ActionIcon>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
