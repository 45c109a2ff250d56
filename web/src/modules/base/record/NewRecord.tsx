/** A record that cannot be made empty: what it needs is asked for first. */
import { Button, Group, Modal } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Locale } from '../../../grid/format';
import { type CellValue, type Field, isEmpty, isWritable } from '../../../grid/model';
import { ServicesContext } from '../../../grid/services';
import classes from '../Base.module.css';
import { FieldIcon } from '../fields/FieldIcon';
import type { Base, Table } from '../model';
import { needsValue, useCellServices } from '../useServices';
import { FieldInput } from './FieldInput';

interface Props {
  base: Base;
  table: Table;
  locale: Locale;
  services: Pick<Parameters<typeof useCellServices>[0], 'createChoices' | 'preview' | 'openRecord'>;
  onClose: () => void;
  onCreate: (cells: Record<string, CellValue>) => void;
}

/** No record has this id: files that are uploaded here find the form by it. */
const unmade = 'new';
const isBlank = (value: CellValue) => isEmpty(value) || value === false;

export default function NewRecord({ base, table, locale, services, onClose, onCreate }: Props) {
  const { t } = useTranslation('base');
  const [cells, setCells] = useState<Readonly<Record<string, CellValue>>>({});
  const [asked, setAsked] = useState(false);
  const edit = (field: string, value: CellValue) => setCells((old) => ({ ...old, [field]: value }));
  const own = useCellServices({
    base,
    table,
    locale,
    editable: true,
    cellsOf: () => cells,
    edit: (_, field, value) => edit(field, value),
    ...services,
  });
  const fields = table.fields.filter((field, i) => needsValue(field) || (i === 0 && isWritable(field)));
  const missing = (field: Field) => needsValue(field) && isBlank(cells[field.id]);

  function save(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (fields.some(missing)) return;
    onCreate(Object.fromEntries(Object.entries(cells).filter(([, value]) => !isBlank(value))));
    onClose();
  }

  return (
    <ServicesContext value={own}>
      <Modal opened onClose={onClose} title={t('record.new')} closeButtonProps={{ 'aria-label': t('close') }}>
        <form onSubmit={save}>
          {fields.map((field) => (
            <div key={field.id} className={classes.entry}>
              <div className={classes.entryLabel} title={field.description}>
                <FieldIcon type={field.type} />
                {field.name}
                {field.required && <span className={classes.required}>*</span>}
              </div>
              <FieldInput
                record={unmade}
                field={field}
                value={cells[field.id]}
                locale={locale}
                editable
                onChange={(value) => edit(field.id, value)}
              />
              {asked && missing(field) && (
                <div className={classes.entryError} role="alert">
                  {t('field:required.hint')}
                </div>
              )}
            </div>
          ))}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit">{t('create')}</Button>
          </Group>
        </form>
      </Modal>
    </ServicesContext>
  );
}
