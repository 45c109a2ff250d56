/** What the values of a field look like, whichever way they come about: given, computed or looked up. Pure. */
import type { Choice, DateStyle, Field, NumberStyle, TextFormat } from './model';
import { choicesOf } from './model';

export type Shape =
  | { as: 'text'; format: TextFormat }
  /** `style` null: as many digits as it takes. `days`: a span of time, counted in days. */
  | { as: 'number'; style: NumberStyle | null; days: boolean }
  | { as: 'date'; style: DateStyle }
  | { as: 'checkbox' }
  | { as: 'choice'; choices: readonly Choice[] }
  | { as: 'member' | 'group' | 'file' | 'place' | 'any' }
  | { as: 'record'; table: string | undefined }
  | { as: 'button' };

const known = new WeakMap<Field, Shape>();

export function shapeOf(field: Field): Shape {
  let shape = known.get(field);
  if (!shape) {
    shape = find(field);
    known.set(field, shape);
  }
  return shape;
}

function find(field: Field): Shape {
  switch (field.type) {
    case 'text':
      return { as: 'text', format: field.format ?? 'plain' };
    case 'number':
      return { as: 'number', style: field, days: false };
    case 'date':
    case 'created_at':
    case 'updated_at':
      return { as: 'date', style: field };
    case 'select':
    case 'multi_select':
      return { as: 'choice', choices: field.choices };
    case 'member':
    case 'created_by':
    case 'updated_by':
      return { as: 'member' };
    case 'attachment':
      return { as: 'file' };
    case 'location':
      return { as: 'place' };
    case 'auto_number':
      return { as: 'any' };
    case 'link':
    case 'backlink':
      return { as: 'record', table: field.table };
    case 'checkbox':
    case 'group':
    case 'button':
      return { as: field.type };
    default:
      return computed(field);
  }
}

/** Of a computed field: by the type of what it gives, in its own style or else that of the field it shows. */
function computed(field: Field): Shape {
  const style = 'style' in field ? field.style : undefined;
  const origin = field.source ? shapeOf(field.source) : undefined;
  switch (field.computed?.type) {
    case 'bool':
      return { as: 'checkbox' };
    case 'number':
    case 'duration': {
      const days = field.computed.type === 'duration';
      if (origin?.as === 'number' && !style?.number && !days) return origin;
      return { as: 'number', style: style?.number ?? null, days };
    }
    case 'text':
      return origin?.as === 'text' ? origin : { as: 'text', format: 'plain' };
    case 'date': {
      const time = field.computed.time ?? style?.date?.time ?? true;
      if (origin?.as === 'date' && !style?.date) return origin;
      return { as: 'date', style: { ...style?.date, time } };
    }
    case 'choice':
      return { as: 'choice', choices: choicesOf(field) };
    case 'record':
      return { as: 'record', table: field.computed.table };
    case 'member':
    case 'group':
    case 'file':
    case 'place':
      return { as: field.computed.type };
    default:
      return { as: 'any' };
  }
}

/** Whether its numbers stand at the right edge of the cell, one under the other. */
export function isRight(shape: Shape): boolean {
  return shape.as === 'number' && shape.style?.format !== 'rating' && shape.style?.format !== 'progress';
}
