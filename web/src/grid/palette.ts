/** Shades of the palette's twelve colours, and the colours that stand for people. */
import { type Color, colors } from './model';

export interface Shade {
  background: string;
  text: string;
}

const light: Record<Color, Shade> = {
  gray: { background: '#eceef2', text: '#4b5260' },
  blue: { background: '#dfe7ff', text: '#2f48b3' },
  cyan: { background: '#d5f0fa', text: '#0b6285' },
  teal: { background: '#d3f3ef', text: '#0c665c' },
  green: { background: '#d8f4e2', text: '#136b3b' },
  lime: { background: '#e8f5cd', text: '#496300' },
  yellow: { background: '#fdf0c4', text: '#7a5600' },
  orange: { background: '#ffe6d1', text: '#964300' },
  red: { background: '#ffe0de', text: '#a32019' },
  pink: { background: '#ffe0ef', text: '#a01b5b' },
  purple: { background: '#f0e0fc', text: '#7626a6' },
  indigo: { background: '#e6e1ff', text: '#4a36b3' },
};

const dark: Record<Color, Shade> = {
  gray: { background: '#34383f', text: '#c9ced6' },
  blue: { background: '#26356b', text: '#bccafd' },
  cyan: { background: '#123f52', text: '#a6e0f5' },
  teal: { background: '#114640', text: '#9ae5da' },
  green: { background: '#17472d', text: '#a4e6bf' },
  lime: { background: '#374711', text: '#d3ec9b' },
  yellow: { background: '#4d3c0c', text: '#f7df93' },
  orange: { background: '#55310f', text: '#ffcb9f' },
  red: { background: '#5a2422', text: '#ffbcb7' },
  pink: { background: '#56203b', text: '#ffb8d8' },
  purple: { background: '#44235b', text: '#e2bffa' },
  indigo: { background: '#372d6b', text: '#cdc3ff' },
};

export type Scheme = 'light' | 'dark';

export function shade(color: Color, scheme: Scheme): Shade {
  return (scheme === 'dark' ? dark : light)[color] ?? (scheme === 'dark' ? dark : light).gray;
}

const mixed = new Map<string, string>();

/** A background that text and chips of any colour can be read on: a shade halfway to the paper. */
export function wash(color: Color, scheme: Scheme): string {
  const key = `${scheme} ${color}`;
  let found = mixed.get(key);
  if (!found) {
    const paper = scheme === 'dark' ? '#17181b' : '#ffffff';
    const part = (hex: string, at: number) => Number.parseInt(hex.slice(1 + at * 2, 3 + at * 2), 16);
    const { background } = shade(color, scheme);
    const mix = [0, 1, 2].map((at) => Math.round((part(background, at) + part(paper, at)) / 2));
    found = `#${mix.map((n) => n.toString(16).padStart(2, '0')).join('')}`;
    mixed.set(key, found);
  }
  return found;
}

/** A strong dot of the colour, the same in both schemes. */
export const solid: Record<Color, string> = {
  gray: '#8a919e',
  blue: '#4f6ff0',
  cyan: '#1b9fcc',
  teal: '#14a594',
  green: '#27a65b',
  lime: '#84a51a',
  yellow: '#dba20c',
  orange: '#ee7b1f',
  red: '#e5483f',
  pink: '#df4492',
  purple: '#a64bd8',
  indigo: '#7359e6',
};

/** The next colour for a new choice: the one least used so far, in the order of the palette. */
export function nextColor(used: readonly Color[]): Color {
  const count = (color: Color) => used.filter((u) => u === color).length;
  const order = [...colors.slice(1), colors[0]] as Color[];
  return order.reduce((best, color) => (count(color) < count(best) ? color : best));
}

const people = [
  '#4361e0',
  '#c2410c',
  '#0f766e',
  '#a21caf',
  '#b91c1c',
  '#15803d',
  '#7c3aed',
  '#0369a1',
  '#be185d',
  '#a16207',
];

/** The same member has the same colour everywhere and always. White text on it has a contrast of at least 4.5. */
export function personColor(member: string): string {
  let hash = 2166136261;
  for (const character of member) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return people[(hash >>> 0) % people.length] ?? '#4361e0';
}
