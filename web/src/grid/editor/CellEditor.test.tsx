import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { initI18n } from '../../i18n';
import type { CellValue, Field } from '../model';
import { noServices, ServicesContext } from '../services';
import { CellEditor, type EditTarget } from './CellEditor';

const text: Field = { id: 'f', name: 'Name', type: 'text' };
const number: Field = { id: 'n', name: 'Size', type: 'number', precision: 0, thousands: false };
const select: Field = {
  id: 's',
  name: 'State',
  type: 'select',
  choices: [
    { id: 'opt_a', name: 'Open', color: 'blue' },
    { id: 'opt_b', name: 'Shut', color: 'red' },
  ],
};

const services = {
  ...noServices,
  createChoice: async (_: Field, name: string) => ({ id: 'opt_new', name, color: 'green' as const }),
};

let finished: { value: CellValue | undefined; move: readonly [number, number] }[];

function Harness({ field, value, editable = true }: { field: Field; value: CellValue; editable?: boolean }) {
  const [target, setTarget] = useState<EditTarget | null>(null);
  const begin = (replace: boolean) => {
    if (editable) setTarget({ record: 'rec', field, value, replace });
    return editable;
  };
  return (
    <MantineProvider>
      <ServicesContext value={services}>
        <CellEditor
          ref={null}
          bounds={{ x: 0, y: 0, width: 200, height: 34 }}
          target={target}
          value={value}
          locale={{ language: 'en', zone: 'UTC' }}
          label="cell"
          touch={false}
          canCreateChoices
          onType={() => begin(true)}
          onKey={(event) => event.key === 'Enter' && begin(false)}
          onCopy={() => {}}
          onPaste={() => {}}
          onFinish={(done, move) => {
            finished.push({ value: done, move });
            setTarget(null);
          }}
          onCommit={() => {}}
          onOpenRecord={() => {}}
        />
      </ServicesContext>
    </MantineProvider>
  );
}

const input = () => screen.getByLabelText<HTMLTextAreaElement>('cell', { selector: 'textarea' });
function type(value: string) {
  fireEvent.input(input(), { target: { value } });
}

beforeEach(async () => {
  finished = [];
  await initI18n('en');
});

describe('the editor of a cell', () => {
  it('begins with the first keystroke of an input method and loses nothing of it', () => {
    render(<Harness field={text} value="old" />);
    fireEvent.compositionStart(input());
    type('n');
    type('ni');
    fireEvent.keyDown(input(), { key: 'Enter', keyCode: 229, isComposing: true });
    expect(finished).toEqual([]);
    type('\u4f60');
    fireEvent.compositionEnd(input());
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished).toEqual([{ value: '\u4f60', move: [0, 1] }]);
  });

  it('replaces the value when typing begins it, and keeps it when Enter does', () => {
    render(<Harness field={text} value="old" />);
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(input().value).toBe('old');
    fireEvent.keyDown(input(), { key: 'Escape' });
    expect(finished).toEqual([{ value: undefined, move: [0, 0] }]);
    type('x');
    expect(input().value).toBe('x');
    fireEvent.keyDown(input(), { key: 'Tab' });
    expect(finished.at(-1)).toEqual({ value: 'x', move: [1, 0] });
  });

  it('takes nothing in a cell that cannot be edited', () => {
    render(<Harness field={text} value="old" editable={false} />);
    type('x');
    expect(input().value).toBe('');
  });

  it('stays open and says why when the text is no value of the field', () => {
    render(<Harness field={number} value={5} />);
    type('abc');
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished).toEqual([]);
    expect(screen.getByText('This is not a number.')).toBeTruthy();
    type('12');
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished).toEqual([{ value: 12, move: [0, 1] }]);
  });

  it('finds a choice by typing and creates one that is not there', async () => {
    render(<Harness field={select} value={null} />);
    type('shu');
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
      'Shut',
      'Create \u201cshu\u201d',
    ]);
    fireEvent.keyDown(input(), { key: 'ArrowDown' });
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    expect(finished).toEqual([{ value: 'opt_new', move: [0, 1] }]);
  });
});
