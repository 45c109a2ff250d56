/** The types of fields as people choose them: some types stand in the list once for each of their formats. */
import {
  type Icon,
  IconAlignLeft,
  IconBarcode,
  IconCash,
  IconHourglass,
  IconLink,
  IconMail,
  IconPercentage,
  IconPhone,
  IconProgress,
  IconStar,
} from '@tabler/icons-react';
import type { Field, FieldType, NumberFormat, TextFormat } from '../../../grid/model';
import classes from '../Base.module.css';
import type { FieldDraft } from './draft';
import { FieldIcon } from './FieldIcon';

export type Variant = FieldType | Exclude<TextFormat, 'plain'> | Exclude<NumberFormat, 'plain'>;

export const groups: readonly { key: string; variants: readonly Variant[] }[] = [
  { key: 'basic', variants: ['text', 'long', 'number', 'select', 'multi_select', 'date', 'checkbox'] },
  { key: 'content', variants: ['member', 'group', 'attachment', 'location', 'url', 'email', 'phone', 'barcode'] },
  { key: 'numbers', variants: ['percent', 'currency', 'progress', 'rating', 'duration'] },
  { key: 'related', variants: ['link', 'lookup', 'rollup', 'formula', 'button'] },
  { key: 'automatic', variants: ['auto_number', 'created_at', 'updated_at', 'created_by', 'updated_by'] },
];

const texts: ReadonlySet<string> = new Set<TextFormat>(['long', 'phone', 'url', 'email', 'barcode']);
const numbers: ReadonlySet<string> = new Set<NumberFormat>(['percent', 'currency', 'progress', 'rating', 'duration']);
const icons: Partial<Record<Variant, Icon>> = {
  long: IconAlignLeft,
  url: IconLink,
  email: IconMail,
  phone: IconPhone,
  barcode: IconBarcode,
  percent: IconPercentage,
  currency: IconCash,
  progress: IconProgress,
  rating: IconStar,
  duration: IconHourglass,
};

export function typeOf(variant: Variant): FieldType {
  if (texts.has(variant)) return 'text';
  return numbers.has(variant) ? 'number' : (variant as FieldType);
}

export function variantOf(draft: Pick<FieldDraft, 'type' | 'text' | 'number'>): Variant {
  if (draft.type === 'text' && draft.text !== 'plain') return draft.text;
  if (draft.type === 'number' && draft.number.format !== 'plain') return draft.number.format;
  return draft.type;
}

export const variantOfField = (field: Field): Variant => {
  if ((field.type === 'text' || field.type === 'number') && field.format && field.format !== 'plain')
    return field.format;
  return field.type;
};

/** What choosing a variant changes in the form. */
export function choose(draft: FieldDraft, variant: Variant): Partial<FieldDraft> {
  const type = typeOf(variant);
  // A value of another type is no default.
  const common = type === draft.type ? { type } : { type, default: null };
  if (type === 'text') return { ...common, text: texts.has(variant) ? (variant as TextFormat) : 'plain' };
  if (type !== 'number') return common;
  const format = numbers.has(variant) ? (variant as NumberFormat) : 'plain';
  const precision = format === 'currency' ? 2 : 0;
  return {
    ...common,
    number: {
      ...draft.number,
      format,
      precision: format === draft.number.format ? draft.number.precision : precision,
      thousands: format === 'currency' || draft.number.thousands,
      currency: format === 'currency' ? draft.number.currency || 'USD' : '',
    },
  };
}

/** The types the first field may have: a record is called by it. */
export const primaryTypes: ReadonlySet<FieldType> = new Set<FieldType>([
  'text',
  'number',
  'select',
  'date',
  'auto_number',
  'created_at',
  'location',
  'formula',
]);

export function VariantIcon({ variant, size = 15 }: { variant: Variant; size?: number }) {
  const Shape = icons[variant];
  if (!Shape) return <FieldIcon type={typeOf(variant)} size={size} />;
  return <Shape size={size} stroke={1.7} className={classes.fieldIcon} aria-hidden="true" />;
}
