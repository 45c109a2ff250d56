/** From a key that is pressed to the command that is run. */
import { type Command, commands } from './commands';

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
/** How long the second key of a sequence may take, in milliseconds. */
const sequenceTime = 1200;

/** `mod+shift+k` for an event; the shift of a sign that needs it, as `?`, is not counted. */
export function combinationOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = event.key.length > 1 || event.key.toLowerCase() !== event.key.toUpperCase();
  const parts = [];
  if (mac ? event.metaKey : event.ctrlKey) parts.push('mod');
  if (mac ? event.ctrlKey : event.metaKey) parts.push(mac ? 'ctrl' : 'meta');
  if (event.altKey) parts.push('alt');
  if (event.shiftKey && isLetter) parts.push('shift');
  return [...parts, key].join('+');
}

export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** The command for what was typed, later registered first; `first` is the key before, when it was recent. */
export function commandFor(
  list: readonly Command[],
  combination: string,
  first: string | null,
  inText: boolean,
): Command | undefined {
  const matches = (command: Command, keys: string) =>
    !command.told &&
    command.keys?.includes(keys) &&
    (!inText || (command.inText ?? keys.includes('mod+'))) &&
    (command.when?.() ?? true);
  const sequence = first && list.findLast((c) => matches(c, `${first} ${combination}`));
  return sequence || list.findLast((c) => matches(c, combination));
}

/** Listens until the returned function is called. */
export function listenToKeys(target: Window = window): () => void {
  let first: { key: string; at: number } | null = null;
  function onKeyDown(event: KeyboardEvent) {
    // Keys that belong to an input method or to an open dialog or menu are not ours.
    if (event.defaultPrevented || event.isComposing || event.key === 'Process') return;
    if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
    const combination = combinationOf(event);
    const inOverlay = document.querySelector('[role=dialog], [role=menu]') !== null;
    const before = first && event.timeStamp - first.at < sequenceTime ? first.key : null;
    first = null;
    const inText = isTextField(event.target);
    if (inOverlay && !combination.startsWith('mod+')) return;
    const command = commandFor(commands.list(), combination, before, inText);
    if (command) {
      event.preventDefault();
      command.run();
    } else if (!inText) first = { key: combination, at: event.timeStamp };
  }
  target.addEventListener('keydown', onKeyDown);
  return () => target.removeEventListener('keydown', onKeyDown);
}
