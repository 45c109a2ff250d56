import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { commands } from '../commands';
import { openPalette, useOverlays } from '../overlays';
import { member, renderApp, resource, serve } from '../test-render';
import Palette from './Palette';

const run = vi.fn();
let forget: () => void;
beforeEach(async () => {
  run.mockClear();
  Element.prototype.scrollIntoView = () => {};
  forget = commands.register(
    { id: 'test.folder', title: 'New folder', group: 'Drive', keys: ['c f'], run },
    { id: 'test.never', title: 'New never', group: 'Drive', when: () => false, run },
  );
  serve({
    'GET /resources': () => ({ items: [resource('res_1', { name: 'Recent base' })], next: null }),
    'GET /search': () => ({ resources: [resource('res_2', { name: 'New stations' })], members: [member('Newton')] }),
  });
  await renderApp(<Palette />);
  await act(async () => openPalette());
});
afterEach(() => {
  forget();
  act(() => useOverlays.setState({ palette: false }));
});

const field = () => screen.getByRole('combobox');
const options = () => screen.getAllByRole('option').map((option) => option.textContent);

it('offers recent files and commands before anything is typed', async () => {
  await waitFor(() => expect(options()).toEqual(['Recent base', 'New folderCF']));
});

it('finds files, people and commands; leaves out what cannot be done', async () => {
  fireEvent.change(field(), { target: { value: 'new' } });
  await waitFor(() => expect(options()).toEqual(['New stations', 'NNewtonNewton@example.org', 'New folderCF']));
});

it('runs what is chosen with the keyboard', async () => {
  fireEvent.change(field(), { target: { value: 'folder' } });
  await waitFor(() => expect(options().at(-1)).toBe('New folderCF'));
  fireEvent.keyDown(field(), { key: 'ArrowUp' });
  fireEvent.keyDown(field(), { key: 'Enter' });
  expect(run).toHaveBeenCalledOnce();
  expect(useOverlays.getState().palette).toBe(false);
});

it('leaves Enter to an input method', () => {
  fireEvent.compositionStart(field());
  fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
  expect(useOverlays.getState().palette).toBe(true);
  expect(run).not.toHaveBeenCalled();
});
