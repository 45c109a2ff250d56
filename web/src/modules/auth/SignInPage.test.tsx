import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { me, problem, renderApp, serve } from '../../app/test-render';
import SignInPage from './SignInPage';

afterEach(() => vi.useRealTimers());

async function signIn() {
  fireEvent.change(screen.getByLabelText('Email'), { target: { value: 'lin@example.org' } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'a password' } });
  await act(async () => fireEvent.submit(screen.getByLabelText('Email')));
}

it('asks for what is missing', async () => {
  await renderApp(<SignInPage />, '/sign-in');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Sign in' })));
  expect(screen.getAllByText('Fill this in')).toHaveLength(2);
});

it('says that email or password is wrong', async () => {
  serve({ 'POST /auth/sign-in': () => problem(401, 'auth.wrong_credentials') });
  await renderApp(<SignInPage />, '/sign-in');
  await signIn();
  expect((await screen.findByRole('alert')).textContent).toContain('The email or the password is wrong.');
});

it('counts down when it was tried too often, then lets one try again', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  serve({ 'POST /auth/sign-in': () => problem(429, 'auth.too_many', { retry_after: 2 }) });
  await renderApp(<SignInPage />, '/sign-in');
  await signIn();
  const button = await screen.findByRole('button', { name: 'Try again in 2 s' });
  expect(button.hasAttribute('disabled')).toBe(true);
  await act(() => vi.advanceTimersByTimeAsync(2500));
  expect(screen.getByRole('button', { name: 'Sign in' }).hasAttribute('disabled')).toBe(false);
  expect(screen.queryByRole('alert')).toBeNull();
});

it('goes where one wanted to go', async () => {
  serve({ 'POST /auth/sign-in': () => me });
  const { router } = await renderApp(<SignInPage />, '/sign-in?next=/drive/mine');
  await signIn();
  await waitFor(() => expect(router.history.location.pathname).toBe('/drive/mine'));
});
