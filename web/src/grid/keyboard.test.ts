import { describe, expect, it } from 'vitest';
import { type Action, actionOf, type Focus, type Key, moveTo, step } from './keyboard';

const bounds = { columns: 5, rows: 100, page: 20 };
const at = (x: number, y: number) => moveTo(x, y, bounds);
const key = (text: string): Key => {
  const parts = text.split('+');
  return {
    key: (parts.at(-1) as string).replace('Space', ' '),
    mod: parts.includes('mod'),
    shift: parts.includes('shift'),
    alt: parts.includes('alt'),
  };
};
const cellOf = (action: Action) => (action.do === 'focus' ? action.focus.cell : undefined);

describe('keys that move the focus', () => {
  it.each([
    ['ArrowDown', [2, 11]],
    ['ArrowUp', [2, 9]],
    ['ArrowLeft', [1, 10]],
    ['ArrowRight', [3, 10]],
    ['mod+ArrowDown', [2, 99]],
    ['mod+ArrowUp', [2, 0]],
    ['Home', [0, 10]],
    ['End', [4, 10]],
    ['mod+Home', [0, 0]],
    ['mod+End', [4, 99]],
    ['PageDown', [2, 30]],
    ['PageUp', [2, 0]],
    ['Tab', [3, 10]],
    ['shift+Tab', [1, 10]],
  ])('%s', (text, cell) => {
    expect(cellOf(actionOf(key(text), at(2, 10), bounds, false))).toEqual(cell);
  });

  it('stay inside the grid', () => {
    expect(cellOf(actionOf(key('ArrowUp'), at(0, 0), bounds, false))).toEqual([0, 0]);
    expect(cellOf(actionOf(key('ArrowRight'), at(4, 99), bounds, false))).toEqual([4, 99]);
  });

  it('Tab goes on in the next row', () => {
    expect(cellOf(actionOf(key('Tab'), at(4, 3), bounds, false))).toEqual([0, 4]);
    expect(cellOf(actionOf(key('shift+Tab'), at(0, 3), bounds, false))).toEqual([4, 2]);
  });
});

describe('keys that grow the range', () => {
  const range = (action: Action) => (action.do === 'focus' ? action.focus.range : undefined);
  it('grow from the focused cell and shrink again', () => {
    let focus: Focus = at(2, 10);
    for (const text of ['shift+ArrowDown', 'shift+ArrowDown', 'shift+ArrowRight', 'shift+ArrowUp']) {
      const action = actionOf(key(text), focus, bounds, false);
      if (action.do === 'focus') focus = action.focus;
    }
    expect(focus).toEqual({ cell: [2, 10], range: { x: 2, y: 10, width: 2, height: 2 } });
  });
  it('grow upwards past the focused cell', () => {
    expect(range(actionOf(key('shift+ArrowUp'), at(2, 10), bounds, false))).toEqual({
      x: 2,
      y: 9,
      width: 1,
      height: 2,
    });
  });
  it('grow to the edge', () => {
    expect(range(actionOf(key('mod+shift+End'), at(2, 10), bounds, false))).toEqual({
      x: 2,
      y: 10,
      width: 3,
      height: 90,
    });
  });
});

describe('Tab and Enter in a range', () => {
  const range = { x: 1, y: 1, width: 2, height: 2 };
  it.each([
    [[1, 1], 1, 0, [2, 1]],
    [[2, 1], 1, 0, [1, 2]],
    [[2, 2], 1, 0, [1, 1]],
    [[1, 1], -1, 0, [2, 2]],
    [[1, 1], 0, 1, [1, 2]],
    [[1, 2], 0, 1, [2, 1]],
  ] as const)('from %j by %d,%d to %j', (cell, dx, dy, next) => {
    expect(step({ cell, range }, dx, dy, bounds)).toEqual({ range, cell: next });
  });
});

describe('keys that do something', () => {
  it.each([
    ['Enter', false, 'edit'],
    ['F2', false, 'edit'],
    ['Enter', true, 'toggle'],
    ['Space', true, 'toggle'],
    ['Space', false, 'expand'],
    ['Delete', false, 'clear'],
    ['Backspace', false, 'clear'],
    ['mod+Backspace', false, 'delete'],
    ['mod+Delete', false, 'delete'],
    ['mod+a', false, 'all'],
    ['mod+z', false, 'undo'],
    ['mod+shift+z', false, 'redo'],
    ['mod+shift+Z', false, 'redo'],
    ['mod+y', false, 'redo'],
    ['mod+d', false, 'fillDown'],
    ['shift+Enter', false, 'insert'],
    ['shift+Space', false, 'row'],
    ['mod+Space', false, 'column'],
    ['shift+F10', false, 'menu'],
    ['Escape', false, 'escape'],
    ['x', false, 'none'],
    ['mod+c', false, 'none'],
    ['mod+k', false, 'none'],
  ])('%s (checkbox: %s) is %s', (text, checkbox, action) => {
    expect(actionOf(key(text), at(2, 10), bounds, checkbox).do).toBe(action);
  });

  it('nothing in an empty table', () => {
    expect(actionOf(key('ArrowDown'), at(0, 0), { columns: 3, rows: 0, page: 5 }, false).do).toBe('none');
  });
});
