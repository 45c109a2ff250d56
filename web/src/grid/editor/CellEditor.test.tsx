import { MantineProvider } from '@mantine/core';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { initI18n, loadStrings } from '../../i18n';
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

const member: Field = { id: 'm', name: 'Owner', type: 'member', multiple: true };
const single: Field = { id: 'o', name: 'One', type: 'member', multiple: false };
const link: Field = { id: 'l', name: 'Region', type: 'link', table: 'tbl', multiple: true };
const rating: Field = { id: 'r', name: 'Stars', type: 'number', format: 'rating', precision: 0, thousands: false };
const email: Field = { id: 'e', name: 'Mail', type: 'text', format: 'email' };
const place: Field = { id: 'p', name: 'Place', type: 'location' };
const locale = {
  language: 'en',
  zone: 'UTC',
  names: {
    members: new Map([
      ['mem_a', { id: 'mem_a', name: 'Lin Xiao' }],
      ['mem_b', { id: 'mem_b', name: 'Tom' }],
    ]),
    groups: new Map(),
    me: 'mem_b',
  },
};

const services = {
  ...noServices,
  canCreate: () => true,
  candidates: async (_: unknown, query: string) =>
    [
      { id: 'rec_n', text: 'North', details: '12' },
      { id: 'rec_s', text: 'South', details: '' },
    ].filter((one) => one.text.toLowerCase().includes(query)),
  createRecord: async (_: unknown, name: string) => ({ id: 'rec_new', text: name }),
  wholeCell: async () => [
    { id: 'rec_n', text: 'North' },
    { id: 'rec_s', text: 'South' },
  ],
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
          locale={locale}
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
  await loadStrings('tables');
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

  it('offers people with this reader first, and keeps those picked before', async () => {
    render(<Harness field={member} value={['mem_a']} />);
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['TTomyou', 'LXLin Xiao']);
    type('tom');
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    expect(finished).toEqual([]);
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished).toEqual([{ value: ['mem_a', 'mem_b'], move: [0, 1] }]);
  });

  it('takes the one that is picked where only one may be, and lets Backspace take it away', async () => {
    render(<Harness field={single} value={['mem_a']} />);
    fireEvent.keyDown(input(), { key: 'Enter' });
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    fireEvent.keyDown(input(), { key: 'Enter' });
    fireEvent.keyDown(input(), { key: 'Backspace' });
    expect(finished.map(({ value }) => value)).toEqual([['mem_b'], null]);
  });

  it('rates by one digit, also of full width', () => {
    render(<Harness field={rating} value={1} />);
    type('4');
    expect(finished).toEqual([{ value: 4, move: [0, 0] }]);
    type('\uff12');
    expect(finished.at(-1)?.value).toBe(2);
    type('9');
    expect(finished.at(-1)?.value).toBe(5);
    type('0');
    expect(finished.at(-1)?.value).toBeNull();
  });

  it('searches records, makes one in place, and knows all of a long link before it changes it', async () => {
    const found = () => screen.getAllByRole('option').map((option) => option.textContent);
    render(<Harness field={link} value={[{ id: 'rec_n', text: 'North' }, { more: 1 }]} />);
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    expect(screen.getAllByText('South').length).toBeGreaterThan(1);
    type('west');
    await act(async () => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(found()).toEqual(['Create \u201cwest\u201d']);
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished.at(-1)?.value).toEqual([
      { id: 'rec_n', text: 'North' },
      { id: 'rec_s', text: 'South' },
      { id: 'rec_new', text: 'west' },
    ]);
  });

  it('says that an address is none, and takes it all the same', () => {
    render(<Harness field={email} value={null} />);
    type('lin@');
    expect(screen.getByText('This is not an email address.')).toBeTruthy();
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished).toEqual([{ value: 'lin@', move: [0, 1] }]);
  });

  it('reads a place from its coordinates and shows them in fields of their own', () => {
    render(<Harness field={place} value={null} />);
    type('40.08, 116.58');
    expect(screen.getByLabelText<HTMLInputElement>('Longitude').value).toBe('116.58');
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished.at(-1)?.value).toEqual({ latitude: 40.08, longitude: 116.58 });
  });

  it('does not end a search while an input method composes', async () => {
    render(<Harness field={member} value={null} />);
    fireEvent.compositionStart(input());
    type('lin');
    fireEvent.keyDown(input(), { key: 'Enter', keyCode: 229, isComposing: true });
    expect(finished).toEqual([]);
    fireEvent.compositionEnd(input());
    await act(async () => fireEvent.keyDown(input(), { key: 'Enter' }));
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(finished.at(-1)?.value).toEqual(['mem_a']);
  });
});
