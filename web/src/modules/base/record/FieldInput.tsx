import { ActionIcon, Button, Checkbox, Popover, Textarea, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FilesPanel } from '../../../grid/editor/FilesPanel';
import { PlacePanel } from '../../../grid/editor/PlacePanel';
import { isLinkField, isPicked, type PickType } from '../../../grid/editor/picks';
import { StarsPanel } from '../../../grid/editor/StarsPanel';
import { editableCell, formatCell, formatPlace, type Locale } from '../../../grid/format';
import { fitsFormat, linkOf, openLink, safeUrl } from '../../../grid/links';
import { type CellValue, type Field, type FieldOf, isFile, isPlace, isWritable, itemsOf } from '../../../grid/model';
import { starsOf } from '../../../grid/numbers';
import { shade } from '../../../grid/palette';
import { parseCell } from '../../../grid/parse';
import { useServices } from '../../../grid/services';
import classes from '../Base.module.css';
import { DateField } from '../fields/DateField';
import { PickBox } from '../fields/PickBox';
import { FieldValue } from './FieldValue';

interface Props {
  record: string;
  field: Field;
  value: CellValue;
  locale: Locale;
  editable: boolean;
  /** Why the server has refused what was entered. */
  error?: string | undefined;
  onChange: (value: CellValue) => void;
}

const placeholders: Record<PickType, string> = {
  select: 'filter.pick',
  multi_select: 'filter.pick',
  member: 'field:pick.people',
  group: 'field:pick.groups',
  link: 'field:pick.link',
  backlink: 'field:pick.link',
};

/** The value of a field in the record panel, with the editor of its type. Linked records have cards of their own. */
export function FieldInput(props: Props) {
  const { record, field, value, locale, editable, onChange } = props;
  const { t } = useTranslation('base');
  if (field.type === 'button') return <PressButton record={record} field={field} value={value} editable={editable} />;
  if (!editable || !isWritable(field)) {
    return <FieldValue record={record} field={field} value={value} locale={locale} />;
  }
  if (isPicked(field)) {
    return (
      <PickBox
        field={field}
        record={record}
        value={value}
        locale={locale}
        label={field.name}
        placeholder={t(placeholders[field.type])}
        adds={isLinkField(field)}
        canCreate
        onChange={onChange}
      />
    );
  }
  switch (field.type) {
    case 'checkbox':
      return (
        <Checkbox
          aria-label={field.name}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'date': {
      const current = typeof value === 'string' || typeof value === 'number' ? value : null;
      return <DateField label={field.name} value={current} style={field} locale={locale} onChange={onChange} />;
    }
    case 'attachment': {
      const files = (itemsOf(value) as readonly unknown[]).filter(isFile);
      return (
        <div className={classes.filesBox}>
          <FilesPanel
            record={record}
            field={field}
            files={files}
            editable
            onChange={(next) => onChange(next.length > 0 ? next : null)}
          />
        </div>
      );
    }
    case 'location':
      return <PlaceBox field={field} value={value} onChange={onChange} />;
    default:
      break;
  }
  if (field.type === 'number' && field.format === 'rating') {
    const stars = typeof value === 'number' ? value : 0;
    return <StarsPanel value={stars} count={starsOf(field)} label={field.name} onChange={onChange} />;
  }
  return <TypedInput key={record} {...props} />;
}

interface ButtonProps {
  record: string;
  field: FieldOf<'button'>;
  value: CellValue;
  editable: boolean;
}

function PressButton({ record, field, value, editable }: ButtonProps) {
  const services = useServices();
  const url = typeof value === 'string' ? safeUrl(value) : undefined;
  const opens = field.action.do === 'open';
  const { background, text } = shade(field.color, 'light');
  return (
    <Button
      size="compact-sm"
      style={{ background, color: text }}
      disabled={opens ? url === undefined : !editable}
      onClick={() => (opens ? url && openLink(url) : services.press(record, field))}
    >
      {field.label || field.name}
    </Button>
  );
}

function PlaceBox({ field, value, onChange }: Pick<Props, 'field' | 'value' | 'onChange'>) {
  const { t } = useTranslation('base');
  const [open, setOpen] = useState(false);
  const place = isPlace(value) ? value : null;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus width={320}>
      <Popover.Target>
        <button
          type="button"
          className={classes.chips}
          aria-label={`${field.name}: ${place ? formatPlace(place) : ''}`}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {place ? formatPlace(place) : <span className={classes.placeholder}>{t('field:place.enter')}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <PlacePanel
          place={place}
          onChange={(next) => {
            onChange(next);
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Text and numbers: taken when the field is left, so that half a word is nobody's business. */
function TypedInput({ field, value, locale, error, onChange }: Props) {
  const { t } = useTranslation('base');
  const shown = editableCell(field, value, locale);
  const [text, setText] = useState(shown);
  const [wrong, setWrong] = useState(false);
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    setText(shown);
    setWrong(false);
  }, [shown]);
  function commit() {
    if (text === shown) return setWrong(false);
    const parsed = parseCell(field, text, locale, new Date());
    if ('value' in parsed) onChange(parsed.value);
    else setWrong(true);
  }
  const format = field.type === 'text' ? (field.format ?? 'plain') : 'plain';
  const hint = format === 'plain' || fitsFormat(text, format) ? undefined : t(`field:hint.${format}`);
  const url = format === 'plain' ? undefined : linkOf(text, format);
  const common = {
    'aria-label': field.name,
    // Figures are written plainly while they are being changed.
    value: focused || text !== shown ? text : formatCell(field, value, locale),
    error: wrong ? t(`field:invalid.${field.type}`) : error !== undefined,
    description: hint,
    inputWrapperOrder: ['input', 'error', 'description'] as ('input' | 'error' | 'description')[],
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    onFocus: () => setFocused(true),
    onBlur: () => {
      setFocused(false);
      commit();
    },
  };
  if (field.type === 'number' || !['plain', 'long', 'barcode'].includes(format)) {
    return (
      <TextInput
        {...common}
        inputMode={field.type === 'number' && field.format !== 'duration' ? 'decimal' : 'text'}
        rightSection={
          url && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={t('field:openLink')}
              onClick={() => openLink(url)}
            >
              <IconExternalLink size={14} />
            </ActionIcon>
          )
        }
        onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && commit()}
      />
    );
  }
  return (
    <Textarea
      {...common}
      autosize
      minRows={format === 'long' ? 3 : 1}
      maxRows={18}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) commit();
      }}
    />
  );
}
