import { Notifications } from '@mantine/notifications';
import { screen } from '@testing-library/react';
import { act } from 'react';
import { expect, it } from 'vitest';
import { renderApp } from '../app/test-render';
import { ProblemError } from '../data/client';
import { notifyProblem } from './notify';

it('says of what was stopped that it was, and of nothing else that it was no failure', async () => {
  await renderApp(<Notifications />);
  act(() => notifyProblem(new ProblemError({ status: 409, code: 'job.cancelled', detail: '' }), 'Not changed'));
  await screen.findByText('Stopped. Nothing was changed.');
  expect(screen.queryByText('Not changed')).toBeNull();
  act(() => notifyProblem(new ProblemError({ status: 404, code: 'job.not_found', detail: '' }), 'Not changed'));
  await screen.findByText('Not changed');
});
