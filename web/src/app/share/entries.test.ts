import { describe, expect, it } from 'vitest';
import type { Access, AccessEntry, Role, Subject } from '../../data/types';
import { expiryIn, linesOf } from './entries';

const member = (id: string): Subject => ({ kind: 'member', id, name: id });
const entry = (subject: Subject, role: Role, kind: 'owner' | 'grant' | 'link', inherited = false): AccessEntry => ({
  subject,
  role,
  source: { kind, inherited, resource: inherited ? { id: 'res_1', name: 'Plans' } : null },
});
const access = (entries: AccessEntry[]): Access => ({ inherits: true, owner: member('ana'), entries, link: null });

describe('linesOf', () => {
  it('puts the owner first, even without an entry', () => {
    expect(linesOf(access([]))).toMatchObject([{ subject: { id: 'ana' }, role: 'manage', isOwner: true }]);
  });

  it('joins the reasons of a subject and shows the highest role', () => {
    const lines = linesOf(access([entry(member('bo'), 'view', 'grant'), entry(member('bo'), 'edit', 'grant', true)]));
    expect(lines[1]).toMatchObject({ subject: { id: 'bo' }, role: 'edit', direct: 'view' });
    expect(lines[1]?.reasons).toHaveLength(2);
  });

  it('orders: given here, then inherited; leaves out the link that stands apart', () => {
    const link: Subject = { kind: 'link', id: null, name: '' };
    const lines = linesOf(
      access([
        entry(member('cy'), 'view', 'grant', true),
        entry(member('bo'), 'edit', 'grant'),
        entry({ kind: 'everyone', id: null, name: '' }, 'view', 'grant'),
        entry(link, 'view', 'link'),
      ]),
    );
    expect(lines.map(({ subject }) => subject.name || subject.kind)).toEqual(['ana', 'everyone', 'bo', 'cy']);
    expect(linesOf(access([entry(link, 'view', 'link', true)]))).toHaveLength(2);
  });
});

it('counts days to an expiry', () => {
  expect(expiryIn(7, Date.parse('2026-11-20T10:00:00Z'))).toBe('2026-11-27T10:00:00.000Z');
  expect(expiryIn(null, 0)).toBeNull();
});
