/** A key combination as it stands on the keyboard at hand: `mod+k` is `⌘K` on a Mac and `Ctrl K` elsewhere. */
import { Fragment } from 'react';

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const names: Record<string, string> = {
  mod: mac ? '⌘' : 'Ctrl',
  shift: mac ? '⇧' : 'Shift',
  alt: mac ? '⌥' : 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  ' ': 'Space',
};

export function keyNames(keys: string): string[] {
  return keys.split(/(?<!^)[+ ]/).map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

export function Keys({ keys }: { keys: string }) {
  return (
    <span style={{ display: 'inline-flex', gap: 3, flex: 'none' }}>
      {keyNames(keys).map((key) => (
        <Fragment key={key}>
          <kbd>{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
