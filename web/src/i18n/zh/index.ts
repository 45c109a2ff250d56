/** Strings of this language that the first screens need, by module. What comes with bases stands in `tables`. */
const files = import.meta.glob<Record<string, unknown>>(
  [
    './*.json',
    '!./base.json',
    '!./calendar.json',
    '!./field.json',
    '!./group.json',
    '!./history.json',
    '!./timeline.json',
    '!./view.json',
  ],
  { eager: true, import: 'default' },
);

export default Object.fromEntries(Object.entries(files).map(([path, strings]) => [path.slice(2, -5), strings]));
