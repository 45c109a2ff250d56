import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Access, Role } from '../../data/types';
import { useOverlays } from '../overlays';
import { me, renderApp, resource, serve } from '../test-render';
import { openShare } from '.';
import ShareDialog from './ShareDialog';

const access: Access = {
  inherits: true,
  owner: { kind: 'member', id: 'mem_me', name: 'Lin' },
  entries: [
    {
      subject: { kind: 'member', id: 'mem_bo', name: 'Bo' },
      role: 'edit',
      source: { kind: 'grant', inherited: false, resource: null },
    },
    {
      subject: { kind: 'everyone', id: null, name: '' },
      role: 'view',
      source: { kind: 'grant', inherited: true, resource: { id: 'res_plans', name: 'Plans' } },
    },
  ],
  link: null,
};
const empty = { items: [], next: null };
const removed = vi.fn();

async function open(role: Role) {
  serve({
    'GET /resources/res_1/access': () => access,
    'GET /resources/res_1': () => resource('res_1', { parent: 'res_plans', role }),
    'GET /members': () => ({ items: [me.member], next: null }),
    'GET /departments': () => empty,
    'GET /groups': () => empty,
    'DELETE /resources/res_1/grants': () => removed(),
  });
  await renderApp(<ShareDialog />);
  await act(async () => openShare({ id: 'res_1', name: 'Stations' }));
  await screen.findByText('Who has access');
}
afterEach(() => act(() => useOverlays.setState({ share: null })));

const line = (name: string) =>
  screen.getAllByRole('listitem').find((item) => within(item).queryByText(name)) as HTMLElement;

it('says who has access and why', async () => {
  await open('manage');
  expect(line('Lin').textContent).toContain('Owner');
  expect(line('Bo').textContent).toContain('Given here');
  expect(line('Everyone in the organisation').textContent).toContain('Inherited from “Plans”');
  expect(within(line('Everyone in the organisation')).queryByRole('button')).toBeNull();
});

it('takes away what was given here', async () => {
  await open('manage');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Remove access of Bo' })));
  expect(removed).toHaveBeenCalledOnce();
});

it('only shows to those who may not manage', async () => {
  await open('edit');
  expect(screen.getByText('Only those who can manage may change access.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Remove access of Bo' })).toBeNull();
});
