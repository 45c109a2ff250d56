import { expect, it, vi } from 'vitest';
import { problem, serve } from '../app/test-render';
import { api, ProblemError } from './client';

it('sends JSON with a key that makes a POST safe to repeat', async () => {
  const seen = vi.fn();
  serve({ 'POST /resources': ({ body, headers }) => seen(body, headers.get('idempotency-key')) ?? { id: 'res_1' } });
  await api.post('/resources', { name: 'Plans' });
  await api.post('/resources', { name: 'Plans' }, { idempotencyKey: 'mine' });
  expect(seen.mock.calls).toEqual([
    [{ name: 'Plans' }, expect.stringMatching(/^[0-9a-f-]{36}$/)],
    [{ name: 'Plans' }, 'mine'],
  ]);
});

it('makes a refusal a problem that names code, field and wait', async () => {
  serve({ 'PATCH /me': () => problem(422, 'input.name', { field: 'name', retry_after: 3 }) });
  const failure = await api.patch('/me', {}).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProblemError);
  expect(failure).toMatchObject({ status: 422, code: 'input.name', field: 'name', retry_after: 3 });
});

it('says so when the answer is no problem document, or there is none', async () => {
  serve({ 'GET /me': () => new Response('Bad gateway', { status: 502, headers: { 'retry-after': '7' } }) });
  await expect(api.get('/me')).rejects.toMatchObject({ code: 'http.502', retry_after: 7 });
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  await expect(api.get('/me')).rejects.toMatchObject({ status: 0, code: 'network' });
});

it('counts an answer that breaks off as none, so that the request is repeated', async () => {
  serve({ 'POST /records': () => new Response('{"seq": 7, "rec', { status: 200 }) });
  await expect(api.post('/records', {})).rejects.toMatchObject({ status: 0, code: 'network' });
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) });
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body, { status: 200 }));
  await expect(api.post('/records', {})).rejects.toBeInstanceOf(ProblemError);
  const aborted = new ReadableStream({ start: (controller) => controller.error(new DOMException('', 'AbortError')) });
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(aborted, { status: 200 }));
  await expect(api.post('/records', {})).rejects.toMatchObject({ name: 'AbortError' });
});

it('answers nothing for 204', async () => {
  serve({ 'DELETE /me/avatar': () => undefined });
  expect(await api.delete('/me/avatar')).toBeUndefined();
});
