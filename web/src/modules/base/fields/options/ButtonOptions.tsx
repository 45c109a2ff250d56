import { ActionIcon, Button, Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type CellValue, type Field, isWritable } from '../../../../grid/model';
import classes from '../../Base.module.css';
import { ColorPick } from '../ColorPick';
import { DefaultValue } from '../DefaultValue';
import { hasDefault } from '../draft';
import { FormulaEditor } from '../formula/FormulaEditor';
import type { RelatedProps } from './LinkOptions';

const inside = { withinPortal: false } as const;

/** What stands on a button, and what a press does. */
export function ButtonOptions(props: RelatedProps & { base: string; record: string | undefined }) {
  const { draft, set, own, tables, locale, base, record } = props;
  const { t } = useTranslation('field');
  const { action } = draft;
  return (
    <>
      <Group mt="sm" gap={6} align="flex-end" wrap="nowrap">
        <div style={{ marginBottom: 5 }}>
          <ColorPick color={draft.color} onPick={(color) => set({ color })} />
        </div>
        <TextInput
          flex={1}
          label={t('button.label')}
          value={draft.label}
          maxLength={100}
          onChange={(event) => set({ label: event.currentTarget.value })}
        />
      </Group>
      <SegmentedControl
        mt="sm"
        size="xs"
        fullWidth
        aria-label={t('button.does')}
        value={action.do}
        data={[
          { value: 'open', label: t('button.open') },
          { value: 'set', label: t('button.set') },
        ]}
        onChange={(next) => set({ action: next === 'set' ? { do: 'set', cells: [] } : { do: 'open', formula: '' } })}
      />
      {action.do === 'open' ? (
        <div style={{ marginTop: 8 }}>
          <FormulaEditor
            base={base}
            own={own}
            tables={tables}
            record={record}
            value={action.formula}
            style={undefined}
            locale={locale}
            label={t('button.address')}
            placeholder={t('button.example')}
            onChange={(formula) => set({ action: { do: 'open', formula } })}
          />
        </div>
      ) : (
        <SetCells {...props} cells={action.cells} />
      )}
    </>
  );
}

function SetCells({ own, locale, cells, set }: RelatedProps & { cells: [string, unknown][] }) {
  const { t } = useTranslation('field');
  const fields = own.fields.filter((field) => isWritable(field) && hasDefault(field.type));
  const free = fields.find((field) => !cells.some(([id]) => id === field.id));
  const change = (next: [string, unknown][]) => set({ action: { do: 'set', cells: next } });
  const initial = (field: Field): unknown => (field.type === 'checkbox' ? true : null);
  return (
    <div style={{ marginTop: 8 }}>
      {cells.map(([id, value], i) => {
        const field = fields.find((one) => one.id === id);
        return (
          <div key={id} className={classes.setCell}>
            <Select
              size="xs"
              aria-label={t('button.cell')}
              data={fields
                .filter((one) => one.id === id || !cells.some(([other]) => other === one.id))
                .map((one) => ({ value: one.id, label: one.name }))}
              value={id}
              allowDeselect={false}
              comboboxProps={inside}
              onChange={(next) => {
                const chosen = fields.find((one) => one.id === next);
                if (chosen) change(cells.map((cell, k) => (k === i ? [chosen.id, initial(chosen)] : cell)));
              }}
            />
            {field ? (
              <DefaultValue
                field={field}
                value={value as CellValue}
                locale={locale}
                label={t('button.becomes')}
                onChange={(next) => change(cells.map((cell, k) => (k === i ? [id, next ?? null] : cell)))}
              />
            ) : (
              <span />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              size={26}
              aria-label={t('button.removeCell')}
              onClick={() => change(cells.filter((_, k) => k !== i))}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        );
      })}
      {free && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => change([...cells, [free.id, initial(free)]])}
        >
          {t('button.addCell')}
        </Button>
      )}
    </div>
  );
}
