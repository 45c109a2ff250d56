import { fireEvent, screen } from '@testing-library/react';
import { act } from 'react';
import { expect, it, vi } from 'vitest';
import { renderApp, resource } from '../../../app/test-render';
import type { Table } from '../model';
import NewRecord from './NewRecord';

const table: Table = {
  id: 'tbl_1',
  name: 'T',
  views: [],
  fields: [
    { id: 'fld_0', name: 'Name', type: 'text' },
    { id: 'fld_1', name: 'Share', type: 'number', format: 'percent', precision: 0, thousands: false, required: true },
    { id: 'fld_2', name: 'Note', type: 'text' },
    { id: 'fld_3', name: 'Done', type: 'checkbox', required: true, default_value: true },
  ],
};

it('asks for what a record needs, and for nothing else', async () => {
  const onCreate = vi.fn();
  await renderApp(
    <NewRecord
      base={{ resource: resource('res_1'), seq: 1, tables: [table] }}
      table={table}
      locale={{ language: 'en', zone: 'UTC' }}
      services={{ createChoices: async () => undefined, preview: () => {}, openRecord: () => {} }}
      onClose={() => {}}
      onCreate={onCreate}
    />,
  );
  expect(screen.getAllByRole('textbox').map((input) => input.getAttribute('aria-label'))).toEqual(['Name', 'Share']);
  const create = screen.getByRole('button', { name: 'Create' });
  await act(async () => fireEvent.click(create));
  expect(screen.getByRole('alert').textContent).toBe('A value is needed here.');
  expect(onCreate).not.toHaveBeenCalled();
  const share = screen.getByRole('textbox', { name: 'Share' });
  fireEvent.focus(share);
  fireEvent.change(share, { target: { value: '12' } });
  fireEvent.blur(share);
  await act(async () => fireEvent.click(create));
  expect(onCreate).toHaveBeenCalledWith({ fld_1: 0.12 });
});
