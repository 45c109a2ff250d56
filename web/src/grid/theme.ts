/** The look of the canvas, from the same tokens as the rest of the client. */
import type { Theme } from '@glideapps/glide-data-grid';
import type { Scheme } from './palette';

const fontFamily =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans", "Microsoft YaHei UI", "Noto Sans CJK SC", "Noto Sans CJK JP", sans-serif';

/** The font of cells, as the canvas wants it. */
export const cellFont = `13px ${fontFamily}`;

const common: Partial<Theme> = {
  fontFamily,
  baseFontStyle: '13px',
  editorFontSize: '13px',
  headerFontStyle: '500 12.5px',
  markerFontStyle: '11px',
  cellHorizontalPadding: 9,
  cellVerticalPadding: 6,
  headerIconSize: 16,
  checkboxMaxSize: 16,
  roundingRadius: 4,
  lineHeight: 1.45,
  bubbleHeight: 20,
};

const light: Partial<Theme> = {
  ...common,
  accentColor: '#4361e0',
  accentFg: '#ffffff',
  accentLight: 'rgba(79, 111, 240, 0.09)',
  textDark: '#1f2329',
  textMedium: '#5c6370',
  textLight: '#858c99',
  textBubble: '#1f2329',
  textHeader: '#4b5260',
  textHeaderSelected: '#ffffff',
  bgIconHeader: '#7b8290',
  fgIconHeader: '#ffffff',
  bgCell: '#ffffff',
  bgCellMedium: '#fafbfc',
  bgHeader: '#f7f8fa',
  bgHeaderHasFocus: '#eaedf5',
  bgHeaderHovered: '#eef0f4',
  bgSearchResult: '#fff3c9',
  borderColor: '#e8eaef',
  horizontalBorderColor: '#eceef2',
  headerBottomBorderColor: '#dfe2e8',
  resizeIndicatorColor: '#4361e0',
  linkColor: '#4361e0',
};

const dark: Partial<Theme> = {
  ...common,
  accentColor: '#748ff9',
  accentFg: '#10131f',
  accentLight: 'rgba(116, 143, 249, 0.15)',
  textDark: '#e6e8eb',
  textMedium: '#a3a8b1',
  textLight: '#7d838e',
  textBubble: '#e6e8eb',
  textHeader: '#b0b5be',
  textHeaderSelected: '#10131f',
  bgIconHeader: '#8a909b',
  fgIconHeader: '#17181b',
  bgCell: '#17181b',
  bgCellMedium: '#1b1c20',
  bgHeader: '#1d1f23',
  bgHeaderHasFocus: '#272a33',
  bgHeaderHovered: '#26282e',
  bgSearchResult: '#453a12',
  borderColor: '#2a2d33',
  horizontalBorderColor: '#26292e',
  headerBottomBorderColor: '#34373f',
  resizeIndicatorColor: '#748ff9',
  linkColor: '#95abfb',
};

export function gridTheme(scheme: Scheme): Partial<Theme> {
  return scheme === 'dark' ? dark : light;
}

/** Tint of columns by which the view filters or sorts, of rows that are being deleted, and of the hit one has come to. */
export const tints: Record<Scheme, { filter: string; sort: string; deleted: string; found: string }> = {
  light: { filter: '#f3faf4', sort: '#fff8f0', deleted: '#fff1f0', found: '#ffd76a' },
  dark: { filter: '#18211c', sort: '#221e19', deleted: '#2a1c1d', found: '#7a6210' },
};
