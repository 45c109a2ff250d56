import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Command, commands, listed } from './commands';
import { combinationOf, commandFor, listenToKeys } from './keyboard';

const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = window) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
const command = (id: string, keys: string[], more: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'test',
  keys,
  run: vi.fn(),
  ...more,
});

describe('combinationOf', () => {
  it.each([
    ['mod+k', { key: 'k', ctrlKey: true }],
    ['mod+shift+k', { key: 'K', ctrlKey: true, shiftKey: true }],
    ['?', { key: '?', shiftKey: true }],
    ['shift+F2', { key: 'F2', shiftKey: true }],
    ['g', { key: 'g' }],
  ])('%s', (text, init) => {
    expect(combinationOf(new KeyboardEvent('keydown', init))).toBe(text);
  });
});

describe('commandFor', () => {
  const list = [command('old', ['x']), command('new', ['x']), command('never', ['y'], { when: () => false })];
  it('prefers what was registered later', () => expect(commandFor(list, 'x', null, false)?.id).toBe('new'));
  it('asks whether it can be run', () => expect(commandFor(list, 'y', null, false)).toBeUndefined());
  it('leaves letters to text fields', () => expect(commandFor(list, 'x', null, true)).toBeUndefined());
});

describe('the shortcut sheet', () => {
  it('lists a key once, for what it does', () => {
    const list = [command('app.undo', ['mod+z']), command('base.undo', ['mod+z']), command('redo', ['mod+y', 'mod+z'])];
    expect(listed(list).map((one) => one.id)).toEqual(['redo']);
    expect(listed(list.slice(0, 2)).map((one) => one.id)).toEqual(['base.undo']);
  });
  it('tells keys that are heard elsewhere', () => {
    const told = command('grid.edit', ['Enter'], { told: true });
    expect(listed([told])).toEqual([told]);
    expect(commandFor([told], 'Enter', null, false)).toBeUndefined();
  });
  it('leaves out what is listed with others', () => {
    expect(listed([command('a', ['x'], { unlisted: true }), command('b', [])])).toEqual([]);
  });
});

describe('the keyboard', () => {
  let stop: () => void;
  let forget: () => void;
  const palette = command('palette', ['mod+k']);
  const drive = command('drive', ['g d']);
  beforeEach(() => {
    stop = listenToKeys();
    forget = commands.register(palette, drive);
    vi.mocked(palette.run).mockClear();
    vi.mocked(drive.run).mockClear();
  });
  afterEach(() => {
    stop();
    forget();
    document.body.innerHTML = '';
  });

  it('runs a sequence', () => {
    press('g');
    press('d');
    expect(drive.run).toHaveBeenCalledOnce();
  });

  it('does not take keys of an input method', () => {
    press('k', { ctrlKey: true, isComposing: true });
    expect(palette.run).not.toHaveBeenCalled();
  });

  it('works with mod inside a text field, and not with letters', () => {
    const input = document.body.appendChild(document.createElement('input'));
    press('g', {}, input);
    press('d', {}, input);
    press('k', { ctrlKey: true }, input);
    expect(drive.run).not.toHaveBeenCalled();
    expect(palette.run).toHaveBeenCalledOnce();
  });

  it('leaves letters to an open dialog', () => {
    document.body.innerHTML = '<div role="dialog"></div>';
    press('g');
    press('d');
    expect(drive.run).not.toHaveBeenCalled();
  });
});
