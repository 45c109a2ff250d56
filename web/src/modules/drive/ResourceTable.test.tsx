import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { member, renderApp, resource, serve } from '../../app/test-render';
import { ResourceTable } from './ResourceTable';
import { nothing } from './selection';

const resources = [
  resource('res_a', { kind: 'folder', name: 'Plans' }),
  resource('res_b', { name: 'Stations', shared: true, owner: null }),
  resource('res_c', { name: 'Vehicles' }),
];
const onOpen = vi.fn();

function Table({ renaming = null }: { renaming?: string | null }) {
  const [selection, setSelection] = useState(nothing);
  return (
    <ResourceTable
      place="mine"
      resources={resources}
      selection={selection}
      onSelection={setSelection}
      renaming={renaming}
      onRenamed={() => {}}
      onOpen={onOpen}
      actions={() => []}
    />
  );
}

const row = (name: string) => screen.getByRole('row', { name: new RegExp(name) });
const selected = () => screen.queryAllByRole('row', { selected: true }).map((r) => r.getAttribute('data-row'));

it('says what each is, and whether it is shared', async () => {
  await renderApp(<Table />);
  expect(within(row('Stations')).getByRole('img', { name: 'Shared with others' })).toBeTruthy();
  expect(within(row('Plans')).getByRole('link').textContent).toContain('Folder');
});

it('names no owner where there is none to see', async () => {
  serve({ 'GET /members': () => ({ items: [member('mem_me', { name: 'Lin' })], next: null }) });
  await renderApp(<Table />);
  expect(await within(row('Plans')).findByText('me')).toBeTruthy();
  expect(within(row('Stations')).queryByText('me')).toBeNull();
});

it('is moved through, extended, selected and opened with keys', async () => {
  await renderApp(<Table />);
  const press = (key: string, more: object = {}) =>
    fireEvent.keyDown(document.activeElement as Element, { key, ...more });
  row('Plans').focus();
  press('ArrowDown');
  press('ArrowDown');
  expect(selected()).toEqual(['res_b']);
  expect(document.activeElement).toBe(row('Stations'));
  press('ArrowDown', { shiftKey: true });
  expect(selected()).toEqual(['res_b', 'res_c']);
  press('a', { ctrlKey: true });
  expect(selected()).toEqual(['res_a', 'res_b', 'res_c']);
  press('Escape');
  expect(selected()).toEqual([]);
  press('Enter');
  expect(onOpen).toHaveBeenCalledWith(resources[2]);
});

it('keeps one tab stop', async () => {
  await renderApp(<Table />);
  fireEvent.click(row('Vehicles'), { ctrlKey: true });
  expect(screen.getAllByRole('row').filter((r) => r.tabIndex === 0)).toEqual([row('Vehicles')]);
});

it('takes a new name with Enter, not while it is being composed', async () => {
  const patch = vi.fn();
  serve({ 'PATCH /resources/res_b': ({ body }) => patch(body) ?? {} });
  await renderApp(<Table renaming="res_b" />);
  const field = screen.getByRole('textbox', { name: 'New name of Stations' });
  fireEvent.change(field, { target: { value: 'Sites' } });
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
  expect(patch).not.toHaveBeenCalled();
  await act(async () => fireEvent.keyDown(field, { key: 'Enter' }));
  await waitFor(() => expect(patch).toHaveBeenCalledWith({ name: 'Sites' }));
});
