import { notifications, notificationsStore } from '@mantine/notifications';
import { beforeEach, describe, expect, it } from 'vitest';
import { problem, resource, serve } from '../app/test-render';
import { initI18n } from '../i18n';
import { moveResources, renameResource, starResources, trashResources } from './drive';
import { queryClient, resourcesQuery } from './queries';
import type { Resource } from './types';

const root = resourcesQuery({ in: 'root' }).queryKey;
const starred = resourcesQuery({ view: 'starred' }).queryKey;
const plans = resource('res_plans', { name: 'Plans', starred: true });
const folder = resource('res_folder', { kind: 'folder' });
const names = (key: typeof root) => queryClient.getQueryData<Resource[]>(key)?.map(({ name }) => name);

beforeEach(async () => {
  await initI18n('en');
  queryClient.clear();
  notifications.clean();
  queryClient.setQueryData(root, [plans, folder]);
  queryClient.setQueryData(starred, [plans]);
});

describe('a change of a resource', () => {
  it('shows at once, before the server has answered', async () => {
    let answer = (_: Response) => {};
    serve({ 'PATCH /resources/res_plans': () => ({}) }).mockImplementationOnce(
      () => new Promise((resolve) => (answer = resolve)),
    );
    const done = renameResource(plans, 'Plans 2027');
    await expect.poll(() => names(root)).toEqual(['Plans 2027', 'res_folder']);
    expect(names(starred)).toEqual(['Plans 2027']);
    answer(Response.json({}));
    expect(await done).toBe(true);
  });

  it('is put back with the reason when refused', async () => {
    serve({ 'PATCH /resources/res_plans': () => problem(403, 'access.forbidden') });
    expect(await renameResource(plans, 'Mine')).toBe(false);
    expect(names(root)).toEqual(['Plans', 'res_folder']);
    expect(notificationsStore.getState().notifications[0]).toMatchObject({
      title: 'It was not renamed',
      message: 'You have no permission to do this.',
    });
  });

  it('leaves the list of starred ones with its star', async () => {
    serve({ 'PATCH /resources/res_plans': () => ({}) });
    await starResources([plans], false);
    expect(names(starred)).toEqual([]);
    expect(names(root)).toEqual(['Plans', 'res_folder']);
  });

  it('leaves the folder it is moved out of, and every list when trashed', async () => {
    serve({ 'PATCH /resources/res_plans': () => ({}), 'POST /resources/res_plans/trash': () => undefined });
    await moveResources([plans], () => 'res_folder');
    expect(names(root)).toEqual(['res_folder']);
    expect(names(starred)).toEqual(['Plans']);
    await trashResources([plans]);
    expect(names(starred)).toEqual([]);
  });
});
