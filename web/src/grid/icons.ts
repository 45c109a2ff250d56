/** Icons of field types in column headers, as the canvas wants them: SVG text. */
import type { FieldType } from './model';

const paths: Record<FieldType, string> = {
  text: 'M14 15.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M3 19V8.5a3.5 3.5 0 0 1 7 0V19M3 13h7M21 12v7',
  number: 'M5 9h14M5 15h14M11 4 7 20M17 4l-4 16',
  select: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9 11l3 3 3-3',
  multi_select: 'M3.5 5.5 5 7l2.5-2.5M3.5 11.5 5 13l2.5-2.5M3.5 17.5 5 19l2.5-2.5M11 6h9M11 12h9M11 18h9',
  date: 'M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM16 3v4M8 3v4M4 11h16',
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
