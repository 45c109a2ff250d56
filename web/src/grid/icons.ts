/** Icons of field types in column headers, as the canvas wants them: SVG text. */
import type { FieldType } from './model';

const paths: Record<FieldType, string> = {
  text: 'M14 15.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M3 19V8.5a3.5 3.5 0 0 1 7 0V19M3 13h7M21 12v7',
  number: 'M5 9h14M5 15h14M11 4 7 20M17 4l-4 16',
  select: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9 11l3 3 3-3',
  multi_select: 'M3.5 5.5 5 7l2.5-2.5M3.5 11.5 5 13l2.5-2.5M3.5 17.5 5 19l2.5-2.5M11 6h9M11 12h9M11 18h9',
  date: 'M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM16 3v4M8 3v4M4 11h16',
  member: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 21v-1a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v1',
  group:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20v-.5a4.5 4.5 0 0 1 4.5-4.5h4a4.5 4.5 0 0 1 4.5 4.5v.5M16 4.5a3.5 3.5 0 0 1 0 6.2M18 15.2a4.5 4.5 0 0 1 3.5 4.3v.5',
  attachment: 'M15 7l-6.5 6.5a1.5 1.5 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.5 6.5a4.5 4.5 0 0 0 9 9L20 14',
  location: 'M12 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 21.5c4-4.2 7-7.6 7-11.5a7 7 0 0 0-14 0c0 3.9 3 7.3 7 11.5z',
  auto_number: 'M4 5h2v5M4 10h4M4 15h3.5l-3.5 4H8M12 7h8M12 12h8M12 17h8',
  created_at: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2',
  updated_at: 'M20.5 12a8.5 8.5 0 1 1-2.5-6M20.5 3v4.5H16M12 8v4l2.5 1.5',
  created_by: 'M10 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21v-1a5 5 0 0 1 5-5h3M19 15v6M16 18h6',
  updated_by: 'M10 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21v-1a5 5 0 0 1 5-5h2M15 21v-2l4.5-4.5 2 2L17 21z',
  button: 'M4 6h16a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-5M9 14H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1M11 12l7 3-3 1.2-1.2 3z',
  link: 'M4 6h10M14 3l3.5 3L14 9M20 18H10M10 15l-3.5 3L10 21',
  backlink: 'M20 6H10M10 3L6.5 6 10 9M4 18h10M14 15l3.5 3-3.5 3',
  lookup: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M21 21l-5.8-5.8M8 9h5M8 12h3',
  rollup: 'M6 4h12v3M6 4l6.5 8L6 20h12v-3',
  formula: 'M5 20c3 0 3.5-2 4-5l1-6c.5-3 1-5 4-5M6.5 10H13M14 12.5l5.5 6.5M19.5 12.5L14 19',
  checkbox: 'M9 11l3 3 8-8M20 12v6a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h9',
};

type IconProps = { fgColor: string; bgColor: string };

export const headerIcons: Record<string, (props: IconProps) => string> = Object.fromEntries(
  Object.entries(paths).map(([type, path]) => [
    type,
    ({ bgColor }: IconProps) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="${bgColor}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`,
  ]),
);
