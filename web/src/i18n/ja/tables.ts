/** Strings of this language that come with bases: tables, fields, views, history. */
const files = import.meta.glob<Record<string, unknown>>(
  [
    './base.json',
    './calendar.json',
    './field.json',
    './group.json',
    './history.json',
    './timeline.json',
    './view.json',
  ],
  { eager: true, import: 'default' },
);

export default Object.fromEntries(Object.entries(files).map(([path, strings]) => [path.slice(2, -5), strings]));
