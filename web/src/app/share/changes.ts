/** Changes to access. The dialog shows what the server says afterwards. */
import i18next from 'i18next';
import { api } from '../../data/client';
import { queryClient } from '../../data/queries';
import type { Access, Role, Subject } from '../../data/types';
import { notifyProblem } from '../../ui/notify';

export type SubjectRef = Pick<Subject, 'kind' | 'id'>;

async function change(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    notifyProblem(error, i18next.t('share:failed'));
    return false;
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['resources'] });
  }
}

/** What is left out stays as it was; null takes it away. */
export interface LinkChange {
  role: Role;
  password?: string | null;
  expires?: string | null;
}

export const accessChanges = (id: string) => ({
  grant: (subjects: SubjectRef[], role: Role) =>
    change(() =>
      Promise.all(
        subjects.map((subject) =>
          api.put(`/resources/${id}/grants`, { subject: { kind: subject.kind, id: subject.id }, role }),
        ),
      ),
    ),
  revoke: (subject: SubjectRef) =>
    change(() => api.delete(`/resources/${id}/grants`, { query: { kind: subject.kind, id: subject.id } })),
  setInherits: (inherits: boolean) => change(() => api.patch<Access>(`/resources/${id}/access`, { inherits })),
  transfer: (to: string) => change(() => api.post(`/resources/${id}/transfer`, { to })),
  setLink: (link: LinkChange) => change(() => api.put(`/resources/${id}/link`, link)),
  removeLink: () => change(() => api.delete(`/resources/${id}/link`)),
});

export type AccessChanges = ReturnType<typeof accessChanges>;
